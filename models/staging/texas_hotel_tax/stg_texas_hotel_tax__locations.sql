with

filings as (

    select * from {{ source('texas_hotel_tax', 'filings') }}

),

answered as (

    select
        *,
        {{ utc('fetched_at') }} as fetched_utc_at,
    from filings
    where outcome = 'ok'

),

-- A file is sent whole: what it says anew replaces what it said before.
confirmed as (

    select
        *,
        max(fetched_utc_at) over (partition by request_key) as confirmed_at,
        first_value(run_id) over (
            partition by request_key
            order by location_number is not null desc, fetched_utc_at desc, run_id desc
        ) as newest_run_id,
    from answered

),

current_rows as (

    select
        *,
        trim(taxpayer_number) || ':' || lpad(trim(location_number), 5, '0') as location_id,
    from confirmed
    where location_number is not null
        and run_id = newest_run_id

),

-- A location files every quarter, and one quarter's file can lie in the folder twice.
latest as (

    select
        *,
        count(distinct trim(reporting_quarter)) over (partition by location_id) as count_quarters,
    from current_rows
    qualify row_number() over (
        partition by location_id
        order by
            trim(reporting_quarter) desc,
            {{ observed_on('fetched_utc_at') }} desc,
            source_url,
            try_cast(row_number as bigint) desc
    ) = 1

),

typed as (

    select
        *,
        try_cast(trim(unit_capacity) as integer) as count_units,
        try_cast(trim(total_room_receipts) as decimal(15, 2)) as total_receipts_usd,
        try_cast(trim(taxable_receipts) as decimal(15, 2)) as taxable_receipts_usd,
        {{ clean_text('location_phone') }} as house_phone,
        {{ clean_text('taxpayer_phone') }} as owner_phone,
        cast(try_strptime(trim(responsibility_begin_date), '%Y%m%d') as date) as began_date,
        cast(try_strptime(trim(responsibility_end_date), '%Y%m%d') as date) as ended_date,
    from latest

),

final as (

    select
        location_id as texas_hotel_tax_location_id,
        trim(taxpayer_number) as taxpayer_number,
        lpad(trim(location_number), 5, '0') as location_number,
        {{ clean_text('location_name') }} as location_name,
        {{ clean_text('taxpayer_name') }} as taxpayer_name,
        {{ clean_text('location_address') }} as street,
        {{ clean_text('location_city') }} as city,
        upper({{ clean_text('location_state') }}) as state,
        nullif(regexp_extract(location_zip_code, '\d{5}'), '') as zip_code,
        {{ clean_text('location_county_code') }} as county_code,
        coalesce(house_phone, owner_phone) as phone,
        case when house_phone != owner_phone then owner_phone end as phone_alt,
        owner_phone as taxpayer_phone,
        {{ clean_text('taxpayer_address') }} as mailing_street,
        {{ clean_text('taxpayer_city') }} as mailing_city,
        upper({{ clean_text('taxpayer_state') }}) as mailing_state,
        nullif(regexp_extract(taxpayer_zip_code, '\d{5}'), '') as mailing_zip_code,
        trim(reporting_quarter) as reporting_quarter,
        {{ clean_text('filer_type') }} as filer_type,
        count_units,
        count_quarters,
        coalesce(count_units = 1, false) as is_single_unit,
        ended_date is null as is_active,
        total_receipts_usd,
        taxable_receipts_usd,
        cast(
            round(total_receipts_usd / nullif(count_units, 0), 2) as decimal(15, 2)
        ) as receipts_per_unit_usd,
        began_date,
        ended_date,
        source_url as _source_url,
        confirmed_at as _fetched_at,
    from typed

)

select * from final
