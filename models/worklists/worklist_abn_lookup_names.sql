with

golden_hotels as (

    select * from {{ ref('golden_hotels') }}

),

bulk_entities as (

    select * from {{ ref('stg_abn_bulk__entities') }}

),

known_names as (

    select
        state,
        {{ fold('unnest(list_concat([legal_name], business_names, trading_names, other_names))') }}
            as name_folded,
    from bulk_entities
    where status = 'active'

),

known as (

    select
        name_folded,
        state,
    from known_names
    where name_folded is not null
    group by name_folded, state

),

hotels as (

    select
        {{ fold('golden_hotels.name') }} as name_folded,
        upper(golden_hotels.state) as state,
        min(golden_hotels.name) as name,
        max(golden_hotels.mean_confidence) as confidence,
    from golden_hotels
    where golden_hotels.country = 'AU'
        and golden_hotels.name is not null
        and coalesce(golden_hotels.is_active, true)
    group by all

),

-- Who bears the hotel's name in its state is in the weekly extract for most; the others are asked
-- for. What was asked lately is left out by the extractor, which knows what has landed.
final as (

    select
        concat_ws(' ', 'name', hotels.name_folded, hotels.state) as request_key,
        hotels.name,
        hotels.state,
        row_number() over (order by hotels.confidence desc, hotels.name_folded, hotels.state)
            as priority,
    from hotels
    left join known
        on hotels.name_folded = known.name_folded
        and (hotels.state is null or hotels.state = known.state)
    where known.name_folded is null
        and hotels.name_folded is not null

)

select * from final
