with

organization_mentions as (

    select * from {{ ref('organization_mentions') }}

),

final as (

    select
        hotel_id || ':' || organization_id || ':' || role as hotel_organization_id,
        hotel_id,
        organization_id,
        role,
        max(confidence) as confidence,
        list_sort(list_distinct(list(source order by source))) as sources,
        list(record_id order by record_id) as record_ids,
        first(source_url order by confidence desc, observed_at desc, record_id) as source_url,
        min(observed_at) as first_seen_at,
        max(observed_at) as last_confirmed_at,
    from organization_mentions
    where hotel_id is not null
    group by hotel_id, organization_id, role

)

select * from final
