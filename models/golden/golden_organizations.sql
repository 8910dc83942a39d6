with

organization_mentions as (

    select * from {{ ref('organization_mentions') }}

),

-- The name as the best source writes it most often.
spellings as (

    select
        organization_id,
        legal_name,
        legal_form,
        max(confidence) as confidence,
        count(*) as count_records,
    from organization_mentions
    group by organization_id, legal_name, legal_form

),

names as (

    select
        organization_id,
        legal_name,
        legal_form,
    from spellings
    qualify row_number() over (
        partition by organization_id
        order by legal_form is not null desc, confidence desc, count_records desc, legal_name
    ) = 1

),

trading as (

    select
        organization_id,
        unnest(trading_names) as trading_name,
    from organization_mentions

),

trading_names as (

    select
        organization_id,
        list_sort(list_distinct(list(trading_name order by trading_name))) as trading_names,
    from trading
    group by organization_id

),

figures as (

    select
        organization_id,
        min(cluster_confidence) as cluster_confidence,
        min(abn) as abn,
        min(acn) as acn,
        min(registration_number) as registration_number,
        min(registered_by) filter (where registration_number is not null) as registered_by,
        first(phone order by confidence desc, observed_at desc, record_id)
            filter (where phone is not null) as phone,
        first(state order by confidence desc, observed_at desc, record_id)
            filter (where state is not null) as state,
        first(country order by confidence desc, observed_at desc, record_id)
            filter (where country is not null) as country,
        bool_or(is_active) as is_active,
        count(distinct hotel_id) as hotel_count,
        count(*) as record_count,
        list_sort(list_distinct(list(source order by source))) as sources,
        min(observed_at) as first_seen_at,
        max(observed_at) as last_confirmed_at,
    from organization_mentions
    group by organization_id

),

final as (

    select
        figures.organization_id,
        names.legal_name,
        names.legal_form,
        coalesce(trading_names.trading_names, cast([] as varchar[])) as trading_names,
        figures.abn,
        figures.acn,
        figures.registration_number,
        figures.registered_by,
        figures.phone,
        figures.state,
        figures.country,
        figures.is_active,
        figures.hotel_count,
        figures.record_count,
        figures.sources,
        figures.cluster_confidence,
        figures.first_seen_at,
        figures.last_confirmed_at,
    from figures
    inner join names using (organization_id)
    left join trading_names using (organization_id)

)

select * from final
