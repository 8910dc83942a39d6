with recursive

hotel_redirects as (

    select * from {{ source('match', 'hotel_redirects') }}

),

golden_hotels as (

    select * from {{ ref('golden_hotels') }}

),

-- A merged hotel's target may have been merged itself; sixteen steps are more than any history has.
followed as (

    select
        hotel_id,
        merged_into,
        1 as count_steps,
    from hotel_redirects
    union all
    select
        followed.hotel_id,
        hotel_redirects.merged_into,
        followed.count_steps + 1 as count_steps,
    from followed
    inner join hotel_redirects
        on followed.merged_into = hotel_redirects.hotel_id
    where followed.count_steps < 16

),

final as (

    select
        followed.hotel_id,
        golden_hotels.name,
        golden_hotels.country,
        golden_hotels.source,
        golden_hotels.sources,
        followed.merged_into,
        golden_hotels.last_verified_at,
        golden_hotels.created_at,
        golden_hotels.updated_at,
    from followed
    inner join golden_hotels
        on followed.merged_into = golden_hotels.hotel_id
    anti join golden_hotels as still_there
        on followed.hotel_id = still_there.hotel_id
    qualify row_number() over (
        partition by followed.hotel_id
        order by followed.count_steps desc, followed.merged_into
    ) = 1

)

select * from final
