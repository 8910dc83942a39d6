with

decision_makers as (

    select * from {{ ref('decision_makers') }}

),

golden_organizations as (

    select * from {{ ref('golden_organizations') }}

),

hotel_organizations as (

    select * from {{ ref('hotel_organizations') }}

),

persons as (

    select
        decision_maker_id,
        hotel_id,
        person_id,
        full_name,
        title,
        title_found as title_raw,
        email,
        email_kind,
        phone,
        employer,
        is_decision_maker,
        needs_review,
        place = 1 as is_primary,
        cast(hotel_count as integer) as hotel_count,
        sources,
        confidence,
        effective_confidence,
        source_url as raw_source_url,
        false as is_entity,
        first_seen_at as first_seen,
        last_confirmed_at,
    from decision_makers

),

-- A company or a trust is evidence of who owns the house, and never a person.
entities as (

    select
        hotel_organizations.hotel_organization_id as decision_maker_id,
        hotel_organizations.hotel_id,
        hotel_organizations.organization_id,
        golden_organizations.legal_name as full_name,
        case hotel_organizations.role
            when 'licensee' then 'Registered Entity'
            when 'taxpayer' then 'Registered Taxpayer'
            else 'Operator'
        end as title,
        hotel_organizations.role as title_raw,
        golden_organizations.phone,
        'organization' as employer,
        false as is_decision_maker,
        false as needs_review,
        false as is_primary,
        cast(golden_organizations.hotel_count as integer) as hotel_count,
        hotel_organizations.sources,
        hotel_organizations.confidence,
        hotel_organizations.confidence as effective_confidence,
        hotel_organizations.source_url as raw_source_url,
        true as is_entity,
        hotel_organizations.first_seen_at as first_seen,
        hotel_organizations.last_confirmed_at,
    from hotel_organizations
    inner join golden_organizations using (organization_id)

),

final as (

    select * from persons
    union all by name
    select * from entities

)

select * from final
order by hotel_id, is_entity, effective_confidence desc, decision_maker_id
