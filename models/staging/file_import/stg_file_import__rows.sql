with

rows as (

    select * from {{ source('file_import', 'rows') }}

),

answered as (

    select
        *,
        {{ utc('fetched_at') }} as fetched_utc_at,
        max({{ utc('fetched_at') }}) over (partition by batch_id) as confirmed_at,
        first_value(run_id) over (
            partition by batch_id
            order by record is not null desc, fetched_at desc, run_id desc
        ) as newest_run_id,
    from rows
    where outcome = 'ok'

),

-- A list is sent whole: its newest answer replaces the older ones of the same batch.
final as (

    select
        batch_id || ':' || row_number as file_import_row_id,
        batch_id,
        try_cast(cast(record as json) as map(varchar, varchar)) as record,
        cast(row_number as bigint) as row_number,
        source_url as _source_url,
        confirmed_at as _fetched_at,
    from answered
    where record is not null
        and json_valid(record)
        and batch_id is not null
        and run_id = newest_run_id
    qualify row_number() over (
        partition by batch_id, row_number
        order by fetched_utc_at desc, source_url, record
    ) = 1

)

select * from final
