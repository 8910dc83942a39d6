with

golden_hotels as (

    select * from {{ ref('golden_hotels') }}

),

hotel_ownership as (

    select * from {{ ref('hotel_ownership') }}

),

hotel_engine_detections as (

    select * from {{ ref('hotel_engine_detections') }}

),

customer_proximity as (

    select * from {{ ref('customer_proximity') }}

),

decision_makers as (

    select * from {{ ref('decision_makers') }}

),

role_local_parts as (

    select * from {{ ref('role_local_parts') }}

),

lead_score_weights as (

    select * from {{ ref('lead_score_weights') }}

),

lead_priorities as (

    select * from {{ ref('lead_priorities') }}

),

weights as (

    select map_from_entries(list({'k': input, 'v': points} order by input)) as points
    from lead_score_weights

),

inputs as (

    select
        golden_hotels.hotel_id,
        golden_hotels.mean_confidence,
        golden_hotels.review_count,
        golden_hotels.rating,
        case
            when role_local_parts.kind = 'role_decider' then 'role_decider_email'
            when decision_makers.email_kind = 'own' then 'published_personal_email'
            when golden_hotels.email is not null then 'hotel_email'
        end as email_input,
        case
            when golden_hotels.phone is null then null
            when golden_hotels.is_toll_free then 'toll_free_phone'
            else 'direct_phone'
        end as phone_input,
        case
            when decision_makers.effective_confidence >= 0.7 then 'decision_maker_0.7'
            when decision_makers.effective_confidence >= 0.5 then 'decision_maker_0.5'
        end as contact_input,
        case
            when hotel_engine_detections.status = 1 and hotel_engine_detections.tier = 1
                then 'tier_1'
            when hotel_engine_detections.status = 1 and hotel_engine_detections.tier = 2
                then 'tier_2'
        end as tier_input,
        case
            when hotel_ownership.is_soft_brand then 'soft_brand'
            when hotel_ownership.ownership_type = 'independent' then 'independent'
            when hotel_ownership.ownership_type = 'management_company' then 'management_company'
            when hotel_ownership.ownership_type = 'unknown' then 'ownership_unknown'
            else 'franchise'
        end as ownership_input,
        case
            when golden_hotels.room_count is null then null
            when golden_hotels.room_count between 25 and 249 then 'size_25_249'
            when golden_hotels.room_count >= 10 then 'size_other'
        end as size_input,
        case
            when customer_proximity.distance_km <= 10 then 'customer_10_km'
            when customer_proximity.distance_km <= 50 then 'customer_50_km'
            when customer_proximity.distance_km <= 100 then 'customer_100_km'
        end as place_input,
        case
            when golden_hotels.rating is null then null
            when golden_hotels.rating between 3.0 and 4.3
                and coalesce(golden_hotels.review_count, 0) >= 100 then 'rating_in_demand'
            when golden_hotels.rating > 4.3 then 'rating_above'
        end as rating_input,
        golden_hotels.latitude is null as has_no_place,
        golden_hotels.room_count is null as has_no_rooms,
        (
            (golden_hotels.name is not null)::integer
            + (golden_hotels.website is not null)::integer
            + (golden_hotels.phone is not null)::integer
            + (golden_hotels.email is not null)::integer
            + (golden_hotels.address is not null)::integer
            + (golden_hotels.city is not null)::integer
            + (golden_hotels.state is not null)::integer
            + (golden_hotels.latitude is not null)::integer
            + (golden_hotels.room_count is not null)::integer
            + (golden_hotels.booking_engine is not null)::integer
        ) as count_filled,
    from golden_hotels
    inner join hotel_ownership using (hotel_id)
    inner join customer_proximity using (hotel_id)
    left join hotel_engine_detections using (hotel_id)
    left join decision_makers
        on golden_hotels.hotel_id = decision_makers.hotel_id
        and decision_makers.place = 1
        and decision_makers.is_decision_maker
    left join role_local_parts
        on split_part(golden_hotels.email, '@', 1) = role_local_parts.local_part

),

parts as (

    select
        inputs.*,
        coalesce(weights.points[email_input], 0)
            + coalesce(weights.points[phone_input], 0)
            + coalesce(weights.points[contact_input], 0) as reach,
        coalesce(weights.points[tier_input], 0)
            + coalesce(weights.points[ownership_input], 0)
            + coalesce(weights.points[size_input], 0) as fit,
        coalesce(weights.points[place_input], 0) as place,
        least(
            cast(round(
                coalesce(log10(1 + review_count), 0) * weights.points['reviews_per_magnitude'], 2
            ) as decimal(5, 2)),
            weights.points['reviews_max']
        ) + coalesce(weights.points[rating_input], 0) as reputation,
        cast(round(count_filled * weights.points['fields_filled'] / 10, 2) as decimal(5, 2))
            + cast(round(
                coalesce(mean_confidence, 0) * weights.points['mean_confidence'], 2
            ) as decimal(5, 2)) as completeness,
        list_filter(
            [
                case when email_input is null then 'email' end,
                case when phone_input is null then 'phone' end,
                case when contact_input is null then 'decision_maker' end,
                case when tier_input is null then 'booking_engine' end,
                case when has_no_rooms then 'room_count' end,
                case when has_no_place then 'coordinates' end,
                case when rating is null then 'rating' end
            ],
            lambda input: input is not null
        ) as missing,
    from inputs
    cross join weights

),

summed as (

    select
        *,
        cast(least(100, round(reach + fit + place + reputation + completeness)) as smallint)
            as score,
    from parts

),

final as (

    select
        summed.hotel_id,
        lead_priorities.priority,
        cast(json_object(
            'reach', json_object(
                'points', summed.reach,
                'email', summed.email_input,
                'phone', summed.phone_input,
                'decision_maker', summed.contact_input
            ),
            'fit', json_object(
                'points', summed.fit,
                'booking_engine', summed.tier_input,
                'ownership', summed.ownership_input,
                'size', summed.size_input
            ),
            'place', json_object('points', summed.place, 'customer', summed.place_input),
            'reputation', json_object(
                'points', summed.reputation,
                'reviews', summed.review_count,
                'rating', summed.rating_input
            ),
            'completeness', json_object(
                'points', summed.completeness,
                'fields_filled', summed.count_filled,
                'mean_confidence', summed.mean_confidence
            ),
            'missing', summed.missing
        ) as varchar) as score_details,
        summed.missing,
        summed.score,
        summed.reach,
        summed.fit,
        summed.place,
        summed.reputation,
        summed.completeness,
    from summed
    inner join lead_priorities
        on summed.score >= lead_priorities.lowest_score
    qualify row_number() over (
        partition by summed.hotel_id
        order by lead_priorities.lowest_score desc, lead_priorities.priority
    ) = 1

)

select * from final
