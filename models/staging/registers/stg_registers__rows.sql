with

socrata_rows as (

    select * from {{ source('socrata', 'rows') }}

),

arcgis_rows as (

    select * from {{ source('arcgis', 'rows') }}

),

ckan_rows as (

    select * from {{ source('ckan', 'rows') }}

),

every_row as (

    select *, 'socrata:' || batch_id as register from socrata_rows
    union all by name
    select *, 'arcgis:' || batch_id as register from arcgis_rows
    union all by name
    select *, 'ckan:' || batch_id as register from ckan_rows

),

answered as (

    select
        *,
        {{ utc('fetched_at') }} as fetched_utc_at,
        max({{ utc('fetched_at') }}) over (partition by register) as confirmed_at,
        first_value(run_id) over (
            partition by register
            order by record is not null desc, fetched_at desc, run_id desc
        ) as newest_run_id,
    from every_row
    where outcome = 'ok'
        and register is not null

),

-- A register is sent whole: its newest answer replaces the older ones.
final as (

    select
        register || ':' || row_number as register_row_id,
        register as batch_id,
        try_cast(cast(record as json) as map(varchar, varchar)) as record,
        cast(row_number as bigint) as row_number,
        source_url as _source_url,
        confirmed_at as _fetched_at,
    from answered
    where record is not null
        and json_valid(record)
        and run_id = newest_run_id
    qualify row_number() over (
        partition by register, row_number
        order by fetched_utc_at desc, source_url, record
    ) = 1

)

select * from final
