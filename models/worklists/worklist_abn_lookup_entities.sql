with

found_names as (

    select * from {{ ref('stg_abn_lookup__names') }}

),

bulk_entities as (

    select * from {{ ref('stg_abn_bulk__entities') }}

),

-- A search finds names; what the entity is and its company number are one more question a number.
-- The three best of a search are worth it.
best as (

    select
        request_key as search_key,
        abn,
        max(score) as score,
    from found_names
    where {{ is_abn('abn') }}
    group by request_key, abn
    qualify row_number() over (
        partition by request_key
        order by max(score) desc, abn
    ) <= 3

),

final as (

    select
        'abn ' || best.abn as request_key,
        best.abn,
        row_number() over (order by max(best.score) desc, best.abn) as priority,
    from best
    left join bulk_entities using (abn)
    where bulk_entities.abn is null
    group by best.abn

)

select * from final
