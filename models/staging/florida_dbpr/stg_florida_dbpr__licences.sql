with

licences as (

    select * from {{ source('florida_dbpr', 'licences') }}

),

answered as (

    select
        *,
        {{ utc('fetched_at') }} as fetched_utc_at,
    from licences
    where outcome = 'ok'

),

-- A register file is sent whole: a licence missing from its newest answer is gone. A 304 answer
-- carries no records; it only says that the newest answer still holds.
confirmed as (

    select
        *,
        max(fetched_utc_at) over (partition by request_key) as confirmed_at,
        first_value(run_id) over (
            partition by request_key
            order by license_number is not null desc, fetched_utc_at desc, run_id desc
        ) as newest_run_id,
    from answered

),

current_rows as (

    select *
    from confirmed
    where license_number is not null
        and trim(license_number) != ''
        and run_id = newest_run_id

),

-- The register repeats a row per rental unit with the total repeated, and a licence can stand in
-- the district file and in the file of new licences.
latest as (

    select
        *,
        count(*) over (partition by upper(trim(license_number))) as count_rows,
    from current_rows
    qualify row_number() over (
        partition by upper(trim(license_number))
        order by
            fetched_utc_at desc,
            try_cast(number_of_seats_or_rental_units as integer) desc nulls last,
            source_url,
            try_cast(row_number as bigint)
    ) = 1

),

final as (

    select
        upper(trim(license_number)) as florida_dbpr_licence_id,
        {{ clean_text('business_name') }} as business_name,
        {{ clean_text('licensee_name') }} as licensee_name,
        upper({{ clean_text('rank_code') }}) as rank_code,
        {{ clean_text('location_street_address') }} as street,
        nullif(concat_ws(
            ' ',
            {{ clean_text('location_address_line_2') }},
            {{ clean_text('location_address_line_3') }}
        ), '') as street_line_2,
        {{ clean_text('location_city') }} as city,
        upper({{ clean_text('location_state_code') }}) as state,
        regexp_extract(location_zip_code, '^\s*(\d{5})', 1) as zip_code,
        {{ clean_text('location_county') }} as county,
        {{ clean_text('primary_phone_number') }} as phone,
        {{ clean_text('secondary_phone_number') }} as phone_alt,
        {{ clean_text('mailing_name') }} as mailing_name,
        {{ clean_text('mailing_street_address') }} as mailing_street,
        {{ clean_text('mailing_city') }} as mailing_city,
        upper({{ clean_text('mailing_state_code') }}) as mailing_state,
        regexp_extract(mailing_zip_code, '^\s*(\d{5})', 1) as mailing_zip_code,
        {{ clean_text('primary_status_code') }} as primary_status_code,
        {{ clean_text('secondary_status_code') }} as secondary_status_code,
        try_cast(trim(number_of_seats_or_rental_units) as integer) as count_units,
        count_rows,
        coalesce(try_cast(trim(number_of_seats_or_rental_units) as integer) = 1, false)
            as is_single_unit,
        -- 20 is current, 45 and 46 are closed or void; others are delinquent but still trading.
        trim(primary_status_code) not in ('45', '46', '70', '80', '90') as is_active,
        cast(try_strptime(trim(license_expiry_date), '%m/%d/%Y') as date) as expires_date,
        cast(try_strptime(trim(last_inspection_date), '%m/%d/%Y') as date) as inspected_date,
        source_url as _source_url,
        confirmed_at as _fetched_at,
    from latest

)

select * from final
