with

golden_hotels as (

    select * from {{ ref('golden_hotels') }}

),

hotel_ownership as (

    select * from {{ ref('hotel_ownership') }}

),

lead_scores as (

    select * from {{ ref('lead_scores') }}

),

launches as (

    select * from {{ ref('launches') }}

),

decision_makers as (

    select * from {{ ref('decision_makers') }}

),

merged_hotels as (

    select * from {{ ref('merged_hotels') }}

),

hotels as (

    select
        golden_hotels.hotel_id,
        coalesce(golden_hotels.name, 'Unnamed lodging') as name,
        golden_hotels.website,
        golden_hotels.phone,
        golden_hotels.phone_google,
        golden_hotels.phone as phone_website,
        golden_hotels.email,
        golden_hotels.emails,
        golden_hotels.latitude,
        golden_hotels.longitude,
        golden_hotels.address,
        golden_hotels.city,
        golden_hotels.state,
        golden_hotels.country,
        golden_hotels.zip_code,
        golden_hotels.rating,
        golden_hotels.review_count,
        golden_hotels.category,
        decision_makers.full_name as contact_name,
        launches.status,
        golden_hotels.source,
        golden_hotels.sources,
        coalesce(
            golden_hotels.licence_number, golden_hotels.place_id, golden_hotels.engine_property_id
        ) as external_id,
        case
            when golden_hotels.licence_number is not null then 'dbpr_license'
            when golden_hotels.place_id is not null then 'google_place'
            when golden_hotels.engine_property_id is not null then 'engine_property'
        end as external_id_type,
        golden_hotels.place_id as google_place_id,
        golden_hotels.is_active,
        hotel_ownership.ownership_type,
        hotel_ownership.brand,
        hotel_ownership.parent,
        golden_hotels.room_count,
        golden_hotels.room_count_source,
        golden_hotels.room_count_confidence,
        lead_scores.score,
        lead_scores.priority,
        lead_scores.score_details,
        cast(null as bigint) as merged_into,
        launches.is_live,
        cast(golden_hotels.source_count as integer) as source_count,
        cast(golden_hotels.record_count as integer) as record_count,
        golden_hotels.last_verified_at,
        golden_hotels.created_at,
        golden_hotels.updated_at,
    from golden_hotels
    inner join hotel_ownership using (hotel_id)
    inner join lead_scores using (hotel_id)
    inner join launches using (hotel_id)
    left join decision_makers
        on golden_hotels.hotel_id = decision_makers.hotel_id
        and decision_makers.place = 1

),

duplicates as (

    select
        hotel_id,
        coalesce(name, 'Unnamed lodging') as name,
        cast([] as varchar[]) as emails,
        country,
        cast(-3 as smallint) as status,
        source,
        sources,
        'unknown' as ownership_type,
        merged_into,
        false as is_live,
        0 as source_count,
        0 as record_count,
        last_verified_at,
        created_at,
        updated_at,
    from merged_hotels

),

final as (

    select * from hotels
    union all by name
    select * from duplicates

)

select * from final
order by hotel_id
