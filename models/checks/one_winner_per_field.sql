-- Two winners would make the published value a matter of chance; none would leave it unexplained.
select
    hotel_id,
    field_name,
    count(*) filter (where is_winner) as count_winners,
from {{ ref('field_winners') }}
group by hotel_id, field_name
having count(*) filter (where is_winner) > 1
