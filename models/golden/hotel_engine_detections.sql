with

record_engines as (

    select * from {{ ref('record_engines') }}

),

hotel_records as (

    select * from {{ ref('hotel_records') }}

),

hotel_clusters as (

    select * from {{ source('match', 'hotel_clusters') }}

),

-- A list that names only a label says less than an address; a chain's page says less than a known
-- engine's page of the property.
final as (

    select
        hotel_clusters.hotel_id,
        record_engines.booking_engine_id,
        record_engines.booking_engine,
        record_engines.engine_category,
        record_engines.booking_url,
        record_engines.engine_property_id,
        record_engines.detection_method,
        record_engines.record_id,
        record_engines.tier,
        record_engines.evidence,
        case
            when record_engines.evidence >= {{ var('evidence_threshold') }} then 1
            else 0
        end as status,
        hotel_records.observed_at as detected_at,
    from record_engines
    inner join hotel_records using (record_id)
    inner join hotel_clusters using (record_id)
    qualify row_number() over (
        partition by hotel_clusters.hotel_id
        order by
            record_engines.evidence >= {{ var('evidence_threshold') }} desc,
            record_engines.tier > 0 desc nulls last,
            record_engines.evidence desc,
            hotel_records.observed_at desc,
            record_engines.record_id
    ) = 1

)

select * from final
