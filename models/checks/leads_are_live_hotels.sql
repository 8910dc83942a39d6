-- A lead that is not launched, or a launched hotel that is no lead, breaks the count sales relies on.
select
    coalesce(leads.lead_id, hotels.hotel_id) as hotel_id,
from {{ ref('leads') }} as leads
full join (select hotel_id from {{ ref('hotels') }} where is_live) as hotels
    on leads.lead_id = hotels.hotel_id
where leads.lead_id is null
    or hotels.hotel_id is null
