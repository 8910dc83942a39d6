with

golden_hotels as (

    select * from {{ ref('golden_hotels') }}

),

existing_customers as (

    select * from {{ ref('existing_customers') }}

),

active_customers as (

    select
        *,
        regexp_extract({{ url_host(absolute_url('website')) }}, '[^.]+\.[^.]+$') as domain,
        {{ fold('name') }} as name_folded,
        {{ fold('city') }} as city_key,
    from existing_customers
    where status = 'active'

),

-- A hotel that is a customer itself: by its own site, its phone, or its name in its city.
own_customers as (

    select
        golden_hotels.hotel_id,
        min(active_customers.customer_id) as customer_id,
    from golden_hotels
    inner join active_customers
        on golden_hotels.domain = active_customers.domain
        or (golden_hotels.phone = active_customers.phone and not golden_hotels.is_toll_free)
        or (
            {{ fold('golden_hotels.name') }} = active_customers.name_folded
            and golden_hotels.city_key = active_customers.city_key
        )
    group by golden_hotels.hotel_id

),

-- One degree of latitude is 111 km: the box holds everything within 100 km up to 75 degrees north.
near as (

    select
        golden_hotels.hotel_id,
        active_customers.customer_id,
        active_customers.name as customer,
        {{ distance_km(
            'golden_hotels.latitude', 'golden_hotels.longitude',
            'active_customers.latitude', 'active_customers.longitude'
        ) }} as distance_km,
    from golden_hotels
    inner join active_customers
        on active_customers.latitude between golden_hotels.latitude - 0.91
            and golden_hotels.latitude + 0.91
        and active_customers.longitude between golden_hotels.longitude - 3.6
            and golden_hotels.longitude + 3.6

),

nearest as (

    select *
    from near
    where distance_km <= 100
    qualify row_number() over (
        partition by hotel_id
        order by round(distance_km, 3), customer_id
    ) = 1

),

final as (

    select
        golden_hotels.hotel_id,
        nearest.customer_id as nearest_customer_id,
        nearest.customer as nearest_customer,
        case
            when golden_hotels.latitude is null then null
            when nearest.customer_id is null then 'No nearby customer'
            else 'Nearest: ' || nearest.customer
                || ' (' || format('{:.1f}', nearest.distance_km) || 'km)'
        end as proximity,
        cast(round(nearest.distance_km, 1) as decimal(6, 1)) as distance_km,
        own_customers.customer_id is not null as is_customer,
    from golden_hotels
    left join nearest using (hotel_id)
    left join own_customers using (hotel_id)

)

select * from final
