with

hotel_engine_detections as (

    select * from {{ ref('hotel_engine_detections') }}

),

golden_hotels as (

    select * from {{ ref('golden_hotels') }}

),

final as (

    select
        hotel_engine_detections.hotel_id,
        hotel_engine_detections.booking_engine_id,
        hotel_engine_detections.booking_engine,
        hotel_engine_detections.tier,
        hotel_engine_detections.booking_url,
        hotel_engine_detections.engine_property_id,
        hotel_engine_detections.detection_method,
        hotel_engine_detections.evidence,
        cast(hotel_engine_detections.status as smallint) as status,
        hotel_engine_detections.detected_at,
    from hotel_engine_detections
    inner join golden_hotels using (hotel_id)

)

select * from final
order by hotel_id
