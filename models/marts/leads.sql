with

golden_hotels as (

    select * from {{ ref('golden_hotels') }}

),

hotel_ownership as (

    select * from {{ ref('hotel_ownership') }}

),

customer_proximity as (

    select * from {{ ref('customer_proximity') }}

),

lead_scores as (

    select * from {{ ref('lead_scores') }}

),

decision_makers as (

    select * from {{ ref('decision_makers') }}

),

launches as (

    select * from {{ ref('launches') }}

),

final as (

    select
        golden_hotels.hotel_id as lead_id,
        golden_hotels.name as hotel,
        golden_hotels.address,
        golden_hotels.city,
        golden_hotels.state,
        golden_hotels.country_name as country,
        golden_hotels.phone,
        golden_hotels.email,
        golden_hotels.website,
        golden_hotels.rating,
        golden_hotels.review_count as reviews,
        golden_hotels.room_count,
        golden_hotels.room_count_source,
        golden_hotels.room_count_confidence,
        golden_hotels.booking_url,
        golden_hotels.booking_engine,
        golden_hotels.category,
        customer_proximity.proximity,
        golden_hotels.is_active as active,
        lead_scores.score,
        lead_scores.priority,
        decision_makers.full_name as decision_maker,
        decision_makers.title,
        decision_makers.email as dm_email,
        decision_makers.phone as dm_phone,
        decision_makers.effective_confidence as confidence,
        hotel_ownership.ownership_type as ownership,
        hotel_ownership.brand,
        customer_proximity.distance_km,
        golden_hotels.latitude,
        golden_hotels.longitude,
        cast(golden_hotels.last_verified_at as date) as last_verified,
        array_to_string(golden_hotels.sources, ', ') as sources,
        cast(golden_hotels.source_count as integer) as source_count,
        {{ slug('golden_hotels.city') }} as city_slug,
        {{ slug('golden_hotels.state') }} as state_slug,
        {{ slug('golden_hotels.country') }} as country_slug,
    from golden_hotels
    inner join hotel_ownership using (hotel_id)
    inner join customer_proximity using (hotel_id)
    inner join lead_scores using (hotel_id)
    inner join launches using (hotel_id)
    left join decision_makers
        on golden_hotels.hotel_id = decision_makers.hotel_id
        and decision_makers.place = 1
    where launches.is_live

)

select * from final
order by lead_id
