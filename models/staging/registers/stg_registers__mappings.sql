with

socrata_mappings as (

    select * from {{ source('socrata', 'mappings') }}

),

arcgis_mappings as (

    select * from {{ source('arcgis', 'mappings') }}

),

ckan_mappings as (

    select * from {{ source('ckan', 'mappings') }}

),

every_mapping as (

    select *, 'socrata:' || batch_id as register from socrata_mappings
    union all by name
    select *, 'arcgis:' || batch_id as register from arcgis_mappings
    union all by name
    select *, 'ckan:' || batch_id as register from ckan_mappings

),

-- The mapping is written again, whole, whenever elt.yml changed it; a register that left elt.yml is
-- withdrawn by a row without a field.
newest as (

    select
        *,
        {{ utc('fetched_at') }} as fetched_utc_at,
        first_value(run_id) over (
            partition by register
            order by fetched_at desc, run_id desc
        ) as newest_run_id,
    from every_mapping
    where outcome = 'ok'
        and register is not null

),

final as (

    select
        register || ':' || field as register_mapping_id,
        register as batch_id,
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
        partition by register, field
        order by fetched_utc_at desc, column_name, constant
    ) = 1

)

select * from final
