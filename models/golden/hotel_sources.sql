with

hotel_records as (

    select * from {{ ref('hotel_records') }}

),

hotel_clusters as (

    select * from {{ source('match', 'hotel_clusters') }}

),

counted as (

    select
        hotel_clusters.hotel_id,
        hotel_records.source,
        count(*) as count_records,
    from hotel_clusters
    inner join hotel_records using (record_id)
    group by all

),

final as (

    select
        hotel_id || ':' || source as hotel_source_id,
        hotel_id,
        source,
        count_records,
        count(*) over (partition by hotel_id) as count_sources,
    from counted

)

select * from final
