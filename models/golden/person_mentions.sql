with

person_records as (

    select * from {{ ref('person_records') }}

),

person_clusters as (

    select * from {{ source('match', 'person_clusters') }}

),

source_weights as (

    select * from {{ ref('source_weights') }}

),

source_priorities as (

    select * from {{ ref('source_priorities') }}

),

contact_roles as (

    select * from {{ ref('contact_roles') }}

),

suppressions as (

    select * from {{ ref('suppressions') }}

),

mentioned as (

    select
        person_records.record_id,
        person_clusters.person_id,
        person_clusters.cluster_confidence,
        person_records.* exclude (record_id),
        coalesce(person_records.title_role, 'Other') as contact_role,
        source_weights.kind,
        source_weights.origin,
        source_weights.confidence as base_confidence,
        source_weights.is_inferred,
        source_weights.is_authoritative,
    from person_records
    inner join person_clusters using (record_id)
    inner join source_weights
        on person_records.source = source_weights.source

),

-- Who asked to be left alone is left alone under every name and mailbox, in every house.
suppressed as (

    select mentioned.person_id
    from mentioned
    inner join suppressions
        on (
            suppressions.kind = 'person_id'
            and suppressions.value = cast(mentioned.person_id as varchar)
        )
        or (suppressions.kind = 'email' and suppressions.value = mentioned.email)
        or (
            suppressions.kind = 'domain'
            and suppressions.value = split_part(mentioned.email, '@', 2)
        )
    group by mentioned.person_id

),

suppressed_phones as (

    select value
    from suppressions
    where kind = 'phone'

),

suppressed_hotels as (

    select value
    from suppressions
    where kind = 'hotel_id'

),

final as (

    select
        mentioned.* exclude (phone, base_confidence),
        case when suppressed_phones.value is null then mentioned.phone end as phone,
        contact_roles.rank as role_rank,
        contact_roles.is_decision_maker,
        source_priorities.priority,
        coalesce(source_priorities.confidence, mentioned.base_confidence) as confidence,
    from mentioned
    inner join contact_roles
        on mentioned.contact_role = contact_roles.role
    -- A kind of source without a priority for contacts has no say in them.
    inner join source_priorities
        on mentioned.kind = source_priorities.kind
        and source_priorities.field_group = 'contact'
    left join suppressed_phones
        on mentioned.phone = suppressed_phones.value
    anti join suppressed
        on mentioned.person_id = suppressed.person_id
    anti join suppressed_hotels
        on cast(mentioned.hotel_id as varchar) = suppressed_hotels.value

)

select * from final
