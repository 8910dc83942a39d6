with

golden_people as (

    select * from {{ ref('golden_people') }}

),

final as (

    select
        person_id,
        full_name,
        given_name,
        middle_name,
        family_name,
        generation,
        role as title,
        email,
        emails,
        phone,
        country,
        cast(hotel_count as integer) as hotel_count,
        portfolio,
        cast(record_count as integer) as record_count,
        sources,
        cluster_confidence,
        first_seen_at as first_seen,
        last_confirmed_at,
    from golden_people

)

select * from final
order by person_id
