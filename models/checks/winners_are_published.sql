-- A winning value that the hotel does not show, or the other way round, cannot be explained.
select
    hotels.hotel_id,
    provenance.field_name,
    provenance.field_value,
from {{ ref('hotels') }} as hotels
inner join {{ ref('field_provenance') }} as provenance
    on hotels.hotel_id = provenance.hotel_id
where provenance.is_winner
    and case provenance.field_name
        when 'name' then hotels.name
        when 'phone' then hotels.phone
        when 'email' then hotels.email
        when 'website' then hotels.website
        when 'address' then hotels.address
        when 'city' then hotels.city
        when 'room_count' then cast(hotels.room_count as varchar)
        else provenance.field_value
    end is distinct from provenance.field_value
