with

golden_booking_engines as (

    select * from {{ ref('golden_booking_engines') }}

),

hotel_engine_detections as (

    select * from {{ ref('hotel_engine_detections') }}

),

uses as (

    select
        booking_engine_id,
        count(*) as count_hotels,
    from hotel_engine_detections
    where status = 1
    group by booking_engine_id

),

final as (

    select
        golden_booking_engines.booking_engine_id,
        golden_booking_engines.booking_engine as name,
        golden_booking_engines.domains,
        golden_booking_engines.category,
        golden_booking_engines.tier,
        coalesce(uses.count_hotels, 0) as count_hotels,
        true as is_active,
    from golden_booking_engines
    left join uses using (booking_engine_id)

)

select * from final
order by booking_engine_id
