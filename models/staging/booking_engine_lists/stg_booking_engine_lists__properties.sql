with

rows as (

    select * from {{ source('booking_engine_lists', 'rows') }}

),

confirmed as (

    {{ newest_answers('rows', by='batch_id', record='record') }}

),

listed as (

    select
        *,
        map_entries(try_cast(cast(record as json) as map(varchar, varchar))) as entries,
    from confirmed
    where record is not null
        and json_valid(record)
        and run_id = newest_run_id
    qualify row_number() over (
        partition by batch_id, row_number
        order by fetched_at desc, source_url, record
    ) = 1

),

final as (

    select
        list_name || ':' || row_number as booking_engine_lists_property_id,
        list_name,
        {{ first_entry(['url', 'link', 'booking_url', 'booking url', 'href', 'loc']) }} as url,
        {{ first_entry(['slug', 'property_id', 'property id', 'code']) }} as slug,
        {{ first_entry(['name', 'hotel', 'hotel_name', 'hotel name', 'property', 'title']) }}
            as hotel_name,
        coalesce(
            {{ first_entry(['engine', 'booking_engine', 'booking engine', 'pms']) }},
            {{ clean_text('engine') }}
        ) as engine_label,
        source_url as _source_url,
        confirmed_at as _fetched_at,
    from listed

)

select * from final
