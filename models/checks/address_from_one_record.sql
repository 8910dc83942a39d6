-- A street of one record with the city of another is an address that nobody has.
select
    hotel_id,
    count(distinct record_id) as count_records,
from {{ ref('field_winners') }}
where is_winner
    and field_group = 'address'
group by hotel_id
having count(distinct record_id) > 1
