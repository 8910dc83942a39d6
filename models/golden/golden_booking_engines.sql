with

known_booking_engines as (

    select * from {{ ref('known_booking_engines') }}

),

booking_engine_hosts as (

    select * from {{ ref('booking_engine_hosts') }}

),

hosts as (

    select
        booking_engine,
        list(distinct host order by host) as domains,
    from booking_engine_hosts
    group by booking_engine

),

final as (

    select
        known_booking_engines.booking_engine_id,
        known_booking_engines.booking_engine,
        known_booking_engines.category,
        coalesce(hosts.domains, cast([] as varchar[])) as domains,
        known_booking_engines.tier,
    from known_booking_engines
    left join hosts using (booking_engine)

)

select * from final
