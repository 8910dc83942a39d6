-- Every attempted hotel found an engine, a chain or travel agency, or nothing; the others are pending.
with

funnel as (

    select
        market_id,
        max(hotels) filter (where metric = 'total hotels') as total,
        max(hotels) filter (where metric = 'detection attempted') as attempted,
        max(hotels) filter (where metric = 'pending') as pending,
        sum(hotels) filter (
            where metric in ('engine found', 'chain or travel agency', 'no engine found')
        ) as outcomes,
    from {{ ref('market_stats') }}
    where section = 'funnel'
    group by market_id

)

select *
from funnel
where attempted != outcomes
    or total != attempted + pending
