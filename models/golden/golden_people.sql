with

person_mentions as (

    select * from {{ ref('person_mentions') }}

),

-- A name written out is better than initials, whatever its source; then the better source.
names as (

    select
        person_id,
        full_name,
        given_name,
        middle_name,
        family_name,
        generation,
    from person_mentions
    qualify row_number() over (
        partition by person_id
        order by
            family_name is not null desc,
            length(given_key) > 1 desc,
            priority desc,
            observed_at desc,
            length(full_name) desc,
            record_id
    ) = 1

),

figures as (

    select
        person_id,
        min(cluster_confidence) as cluster_confidence,
        first(email order by priority desc, observed_at desc, record_id)
            filter (where email is not null) as email,
        list_sort(list_distinct(
            list(email order by email) filter (where email is not null)
        )) as emails,
        first(phone order by priority desc, observed_at desc, record_id)
            filter (where phone is not null) as phone,
        min(role_rank) as role_rank,
        first(contact_role order by role_rank, priority desc, record_id) as role,
        first(country order by priority desc, observed_at desc, record_id)
            filter (where country is not null) as country,
        count(distinct hotel_id) as hotel_count,
        count(distinct origin) as count_origins,
        count(*) as record_count,
        list_sort(list_distinct(list(source order by source))) as sources,
        min(observed_at) as first_seen_at,
        max(observed_at) as last_confirmed_at,
    from person_mentions
    group by person_id

),

final as (

    select
        figures.person_id,
        names.full_name,
        names.given_name,
        names.middle_name,
        names.family_name,
        names.generation,
        figures.role,
        figures.email,
        coalesce(figures.emails, cast([] as varchar[])) as emails,
        figures.phone,
        figures.country,
        figures.hotel_count,
        -- One name at ten houses is a manager or an agency, at five it is to be looked at.
        case
            when figures.hotel_count >= 10 then 'manager'
            when figures.hotel_count >= 5 then 'review'
            when figures.hotel_count >= 2 then 'several'
            else 'single'
        end as portfolio,
        figures.record_count,
        figures.count_origins,
        figures.sources,
        figures.cluster_confidence,
        figures.first_seen_at,
        figures.last_confirmed_at,
    from figures
    inner join names using (person_id)

)

select * from final
