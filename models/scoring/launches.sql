with

golden_hotels as (

    select * from {{ ref('golden_hotels') }}

),

hotel_engine_detections as (

    select * from {{ ref('hotel_engine_detections') }}

),

name_verdicts as (

    select * from {{ ref('name_verdicts') }}

),

customer_proximity as (

    select * from {{ ref('customer_proximity') }}

),

lead_scores as (

    select * from {{ ref('lead_scores') }}

),

lodging_categories as (

    select * from {{ ref('lodging_categories') }}

),

states as (

    select * from {{ ref('states') }}

),

suppressions as (

    select * from {{ ref('suppressions') }}

),

suppressed as (

    select
        golden_hotels.hotel_id,
    from golden_hotels
    inner join suppressions
        on (suppressions.kind = 'domain' and suppressions.value = golden_hotels.domain)
        or (suppressions.kind = 'phone' and suppressions.value = golden_hotels.phone)
        or (suppressions.kind = 'email' and suppressions.value = golden_hotels.email)
        or (
            suppressions.kind = 'hotel_id'
            and suppressions.value = cast(golden_hotels.hotel_id as varchar)
        )
    group by golden_hotels.hotel_id

),

conditions as (

    select
        golden_hotels.hotel_id,
        name_verdicts.name_problem,
        name_verdicts.is_valid_name as has_valid_name,
        golden_hotels.country is not null as has_country,
        golden_hotels.website is not null as has_website,
        hotel_engine_detections.hotel_id is not null as is_detection_attempted,
        coalesce(hotel_engine_detections.status = 1 and hotel_engine_detections.tier >= 1, false)
            as has_engine,
        coalesce(hotel_engine_detections.status = 1 and hotel_engine_detections.tier = 0, false)
            as is_chain_or_ota,
        -- A vacation-rental suite as engine speaks for a rental, unless a category says hotel.
        coalesce(
            lodging_categories.is_lead,
            hotel_engine_detections.engine_category != 'vacation_rental',
            true
        ) as is_hotel_like,
        coalesce(golden_hotels.is_active, true) as is_open,
        not customer_proximity.is_customer as is_net_new,
        suppressed.hotel_id is null as is_not_suppressed,
        states.state is null
            or golden_hotels.latitude is null
            or (
                golden_hotels.latitude between states.south and states.north
                and golden_hotels.longitude between states.west and states.east
            ) as is_place_consistent,
        lead_scores.score >= {{ var('launch_score') }} as has_launch_score,
    from golden_hotels
    inner join name_verdicts using (hotel_id)
    inner join customer_proximity using (hotel_id)
    inner join lead_scores using (hotel_id)
    left join hotel_engine_detections using (hotel_id)
    left join lodging_categories
        on golden_hotels.category = lodging_categories.category
    left join states
        on golden_hotels.country = states.country
        and golden_hotels.state = states.state
    left join suppressed
        on golden_hotels.hotel_id = suppressed.hotel_id

),

judged as (

    select
        *,
        has_valid_name
            and has_country
            and has_engine
            and is_hotel_like
            and is_open
            and is_net_new
            and is_not_suppressed
            and is_place_consistent
            and has_launch_score as is_live,
    from conditions

),

final as (

    select
        hotel_id,
        name_problem,
        cast(case
            when not is_place_consistent then -2
            when is_chain_or_ota or not has_valid_name then -1
            when is_live then 1
            else 0
        end as smallint) as status,
        has_valid_name,
        has_country,
        has_website,
        is_detection_attempted,
        has_engine,
        is_chain_or_ota,
        is_hotel_like,
        is_open,
        is_net_new,
        is_not_suppressed,
        is_place_consistent,
        has_launch_score,
        is_live,
    from judged

)

select * from final
