{% macro register_rows(portal) -%}
    {#- The staging of a portal's registers: of `rows`, the newest answer of each. -#}
with answered as (

    select
        *,
        '{{ portal }}:' || batch_id as register,
        {{ utc('fetched_at') }} as fetched_utc_at,
        max({{ utc('fetched_at') }}) over (partition by batch_id) as confirmed_at,
        first_value(run_id) over (
            partition by batch_id
            order by record is not null desc, fetched_at desc, run_id desc
        ) as newest_run_id,
    from rows
    where outcome = 'ok'
        and batch_id is not null

)

-- A register is sent whole: its newest answer replaces the older ones.
select
    register || ':' || row_number as {{ portal }}_row_id,
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
{%- endmacro %}


{% macro register_mappings(portal) -%}
    {#- The staging of their `mappings`: written again, whole, whenever elt.yml changed. -#}
with newest as (

    select
        *,
        '{{ portal }}:' || batch_id as register,
        {{ utc('fetched_at') }} as fetched_utc_at,
        first_value(run_id) over (
            partition by batch_id
            order by fetched_at desc, run_id desc
        ) as newest_run_id,
    from mappings
    where outcome = 'ok'
        and batch_id is not null

)

-- A register that left elt.yml is withdrawn by a row without a field.
select
    register || ':' || field as {{ portal }}_mapping_id,
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
{%- endmacro %}
