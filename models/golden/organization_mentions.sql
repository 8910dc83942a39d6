with

organization_records as (

    select * from {{ ref('organization_records') }}

),

organization_clusters as (

    select * from {{ source('match', 'organization_clusters') }}

),

source_kinds as (

    select * from {{ ref('source_kinds') }}

),

source_records as (

    select * from {{ ref('source_records') }}

),

source_confidences as (

    select * from {{ ref('source_confidences') }}

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
        coalesce(source_kinds.kind, other_lists.kind) as kind,
        coalesce(source_kinds.origin, organization_records.source) as origin,
        source_confidences.confidence,
        source_confidences.is_authoritative,
    from organization_records
    inner join organization_clusters using (record_id)
    left join source_records
        on organization_records.hotel_record_id = source_records.record_id
    left join source_kinds
        on organization_records.source = source_kinds.source
    left join source_kinds as other_lists
        on other_lists.source = case when source_records.is_register then '*register' else '*' end
    left join source_confidences
        on coalesce(source_kinds.kind, other_lists.kind) = source_confidences.kind
    anti join suppressed
        on cast(organization_clusters.organization_id as varchar) = suppressed.value

)

select * from final
