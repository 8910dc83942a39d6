with

source_records as (

    select * from {{ ref('source_records') }}

),

record_names as (

    select * from {{ ref('record_names') }}

),

record_places as (

    select * from {{ ref('record_places') }}

),

street_lines as (

    select * from {{ ref('street_lines') }}

),

web_addresses as (

    select * from {{ ref('web_addresses') }}

),

countries as (

    select * from {{ ref('countries') }}

),

category_words as (

    select * from {{ ref('category_words') }}

),

numbers as (

    select
        source_records.record_id,
        record_places.country,
        coalesce(countries.calling_code, '1') as calling_code,
        {{ first_number('source_records.phone') }} as number,
        coalesce(
            {{ first_number('source_records.phone_alt') }},
            {{ second_number('source_records.phone') }}
        ) as number_alt,
    from source_records
    inner join record_places using (record_id)
    left join countries on record_places.country = countries.country

),

phones as (

    select
        record_id,
        {{ phone_e164(
            phone_digits('number'), is_international('number'), 'country', 'calling_code'
        ) }} as phone,
        {{ phone_e164(
            phone_digits('number_alt'), is_international('number_alt'), 'country', 'calling_code'
        ) }} as phone_alt,
    from numbers

),

emails as (

    select
        record_id,
        -- A label or phone number can stick to a mailbox: "Einfo@", "878-2200reservations@".
        regexp_replace(
            lower(regexp_extract(
                email, '^(?:mailto:)?\s*([A-Za-z0-9._%+''-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,})\b', 1
            )),
            '^(?:[0-9][0-9.-]*|e-?|email|mail|tel|phone)'
            || '(info|reservations?|bookings?|stay|hello|contact|frontdesk|sales|manager|office)@',
            '\1@'
        ) as email,
    from source_records
    -- An image name and an error tracker's address are no mailboxes.
    where not regexp_matches(
        email, '\.(png|jpe?g|gif|svg|webp)$|@(example\.|sentry|wixpress|domain\.com)', 'i'
    )

),

shaped as (

    select
        source_records.record_id,
        source_records.source,
        source_records.source_record_id,
        source_records.hotel_name,
        record_names.name_core,
        record_names.name_tokens,
        record_names.brand,
        category_words.category,
        street_lines.street_number,
        street_lines.street_name,
        street_lines.unit_key as unit,
        {{ title_case("concat_ws(', ', record_places.street, record_places.unit)", 2) }} as address,
        record_places.city,
        record_places.city_key,
        record_places.state,
        record_places.zip_code,
        record_places.country,
        record_places.latitude,
        record_places.longitude,
        coalesce(phones.phone, phones.phone_alt) as phone,
        case when phones.phone is not null then phones.phone_alt end as phone_alt,
        websites.canonical_url as website,
        case when websites.domain_kind = 'own' then websites.domain end as domain,
        websites.domain as website_domain,
        websites.path as website_path,
        nullif(emails.email, '') as email,
        nullif(split_part(emails.email, '@', 2), '') as email_domain,
        source_records.place_id,
        source_records.licence_number,
        coalesce(bookings.booking_engine, websites.booking_engine) as engine,
        case
            when bookings.booking_engine is not null then bookings.engine_property_id
            else websites.engine_property_id
        end as engine_property_id,
        bookings.canonical_url as booking_url,
        source_records.room_count,
        source_records.is_active,
        source_records.observed_at,
        source_records.source_url,
    from source_records
    inner join record_names using (record_id)
    inner join record_places using (record_id)
    inner join phones using (record_id)
    left join emails using (record_id)
    left join street_lines
        on record_places.street = street_lines.street
        and record_places.unit is not distinct from street_lines.unit
    left join web_addresses as websites
        on source_records.website_found = websites.url
    left join web_addresses as bookings
        on source_records.booking_url_found = bookings.url
    left join category_words
        on source_records.category_word = category_words.word
        and source_records.vocabulary = category_words.vocabulary

),

final as (

    select
        record_id,
        source,
        source_record_id,
        hotel_name,
        name_core,
        name_tokens,
        brand,
        category,
        street_number,
        street_name,
        unit,
        nullif(address, '') as address,
        city,
        city_key,
        state,
        zip_code,
        country,
        latitude,
        longitude,
        phone,
        nullif(phone_alt, phone) as phone_alt,
        coalesce({{ is_toll_free('phone') }}, false) as is_toll_free,
        website,
        domain,
        website_domain,
        website_path,
        email,
        email_domain,
        place_id,
        licence_number,
        engine,
        engine_property_id,
        booking_url,
        room_count,
        is_active,
        observed_at,
        source_url,
    from shaped
    -- Nothing to recognise a hotel by: no name, no address, no way to reach it.
    -- The number a booking engine gave it tells nobody which hotel it is.
    where hotel_name is not null
        or (street_number is not null and street_name is not null)
        or phone is not null
        or domain is not null

)

select * from final
