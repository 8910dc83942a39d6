with

source_records as (

    select * from {{ ref('source_records') }}

),

hotel_records as (

    select * from {{ ref('hotel_records') }}

),

hotel_clusters as (

    select * from {{ source('match', 'hotel_clusters') }}

),

countries as (

    select * from {{ ref('countries') }}

),

records as (

    select
        source_records.*,
        hotel_clusters.hotel_id,
        hotel_records.country as hotel_country,
        hotel_records.state as hotel_state,
        hotel_records.city_key,
        hotel_records.email as hotel_email,
        coalesce(countries.calling_code, '1') as calling_code,
    from source_records
    inner join hotel_records using (record_id)
    inner join hotel_clusters using (record_id)
    left join countries
        on hotel_records.country = countries.country

),

-- Who holds the licence or pays the tax: a person or a company, the register does not say which.
licensees as (

    select
        record_id || ':' || licensee_role as party_mention_id,
        records.* exclude (source_record_id),
        licensee_role as role,
        licensee as name_found,
        -- Registers file persons under their family names, most of the time.
        'family_first' as name_order,
        'either' as known_kind,
        case when licensee_role = 'taxpayer' then licensee_number end as registration_number,
        case when licensee_role = 'taxpayer' and licensee_number is not null then source end
            as registered_by,
        licensee_phone as party_phone,
        cast(null as varchar) as abn,
        cast(null as varchar) as acn,
        cast(null as varchar[]) as trading_names,
    from records
    where licensee is not null

),

operators as (

    select
        record_id || ':operator' as party_mention_id,
        records.* exclude (source_record_id),
        'operator' as role,
        operator as name_found,
        'given_first' as name_order,
        'either' as known_kind,
        cast(null as varchar) as party_phone,
    from records
    where operator is not null
        and operator is distinct from licensee

),

contacts as (

    select
        record_id || ':contact' as party_mention_id,
        records.* exclude (source_record_id),
        'contact' as role,
        contact_name as name_found,
        'given_first' as name_order,
        'person' as known_kind,
        contact_title as title_found,
        contact_email as party_email,
        contact_phone as party_phone,
    from records
    where contact_name is not null

),

-- A register of companies joins here as one more: with its numbers, and without a hotel.
mentions as (

    select * from licensees
    union all by name
    select * from operators
    union all by name
    select * from contacts

),

final as (

    select
        party_mention_id,
        source,
        role,
        record_id as hotel_record_id,
        hotel_id,
        {{ clean_text('name_found') }} as name_found,
        name_order,
        known_kind,
        {{ clean_text('title_found') }} as title_found,
        registration_number,
        registered_by,
        abn,
        acn,
        trading_names,
        lower(regexp_extract(
            party_email, '^(?:mailto:)?\s*([A-Za-z0-9._%+''-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,})\b', 1
        )) as email_given,
        hotel_email,
        {{ phone_e164(
            phone_digits(first_number('party_phone')),
            is_international(first_number('party_phone')),
            'hotel_country',
            'calling_code'
        ) }} as phone,
        mailing_street as street,
        {{ fold('mailing_city') }} as city_key,
        mailing_zip_code as zip_code,
        coalesce(mailing_state, hotel_state) as state,
        hotel_country as country,
        city_key as hotel_city_key,
        name_folded as hotel_name_folded,
        is_active,
        source_url,
        observed_at,
    from mentions
    where {{ clean_text('name_found') }} is not null

)

select * from final
