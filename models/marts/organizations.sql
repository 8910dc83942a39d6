with

golden_organizations as (

    select * from {{ ref('golden_organizations') }}

),

final as (

    select
        organization_id,
        legal_name,
        legal_form,
        trading_names,
        abn,
        acn,
        registration_number,
        registered_by,
        phone,
        state,
        country,
        is_active,
        cast(hotel_count as integer) as hotel_count,
        cast(record_count as integer) as record_count,
        sources,
        cluster_confidence,
        first_seen_at as first_seen,
        last_confirmed_at,
    from golden_organizations

)

select * from final
order by organization_id
