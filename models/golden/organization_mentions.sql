with

organization_records as (

    select * from {{ ref('organization_records') }}

),

organization_clusters as (

    select * from {{ source('match', 'organization_clusters') }}

),

source_weights as (

    select * from {{ ref('source_weights') }}

),

suppressions as (

    select * from {{ ref('suppressions') }}

),

suppressed as (

    select value
    from suppressions
    where kind = 'organization_id'

),

final as (

    select
        organization_records.record_id,
        organization_clusters.organization_id,
        organization_records.* exclude (record_id),
        organization_clusters.cluster_confidence,
        source_weights.kind,
        source_weights.origin,
        source_weights.confidence,
        source_weights.is_authoritative,
    from organization_records
    inner join organization_clusters using (record_id)
    inner join source_weights
        on organization_records.source = source_weights.source
    anti join suppressed
        on cast(organization_clusters.organization_id as varchar) = suppressed.value

)

select * from final
