with

mappings as (

    select * from {{ source('file_import', 'mappings') }}

),

-- The mapping is written again, whole, whenever elt.yml changed it. A list that left elt.yml, or
-- came again with other content, is withdrawn by a row without a field.
newest as (

    select
        *,
        {{ utc('fetched_at') }} as fetched_utc_at,
        first_value(run_id) over (
            partition by batch_id
            order by fetched_at desc, run_id desc
        ) as newest_run_id,
    from mappings
    where outcome = 'ok'
        and batch_id is not null

),

final as (

    select
        batch_id || ':' || field as file_import_mapping_id,
        batch_id,
        list_name,
        source,
        purpose,
        field,
        column_name,
        constant,
        fetched_utc_at as _fetched_at,
    from newest
    where run_id = newest_run_id
        and field is not null
        and purpose != 'withdrawn'
    qualify row_number() over (
        partition by batch_id, field
        order by fetched_utc_at desc, column_name, constant
    ) = 1

)

select * from final
