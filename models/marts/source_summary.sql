with

hotel_sources as (

    select * from {{ ref('hotel_sources') }}

),

final as (

    select
        source,
        cast(sum(count_records) as bigint) as count_records,
        count(*) as count_hotels,
        count(*) filter (where count_sources > 1) as count_shared_hotels,
    from hotel_sources
    group by source

)

select * from final
order by source
