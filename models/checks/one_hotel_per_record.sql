-- A record that the matcher left without a hotel, or gave two, would be lost or published twice.
select
    hotel_records.record_id,
    count(hotel_clusters.hotel_id) as count_hotels,
from {{ ref('hotel_records') }} as hotel_records
left join {{ source('match', 'hotel_clusters') }} as hotel_clusters using (record_id)
group by hotel_records.record_id
having count(hotel_clusters.hotel_id) != 1
