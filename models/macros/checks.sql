{% test unique_together(model, columns) %}

select
    {{ columns | join(', ') }},
    count(*) as count_rows,
from {{ model }}
group by all
having count(*) > 1

{% endtest %}


{% test holds(model, expression) %}

select *
from {{ model }}
where not coalesce({{ expression }}, false)

{% endtest %}


{% test one_hotel_per_record(model, clusters) %}
{#- A record that the matcher left without a hotel, or gave two, would be lost or published twice. -#}

select
    records.record_id,
    count(clusters.hotel_id) as count_hotels,
from {{ model }} as records
left join {{ clusters }} as clusters using (record_id)
group by records.record_id
having count(clusters.hotel_id) != 1

{% endtest %}


{% test one_winner_per_field(model) %}
{#- Two winners would make the published value a matter of chance. -#}

select
    hotel_id,
    field_name,
    count(*) as count_winners,
from {{ model }}
where is_winner
group by hotel_id, field_name
having count(*) > 1

{% endtest %}


{% test one_record_per_group(model) %}
{#- A street of one record with the city of another is an address that nobody has. -#}

select
    hotel_id,
    field_group,
    count(distinct record_id) as count_records,
from {{ model }}
where is_winner
group by hotel_id, field_group
having count(distinct record_id) > 1

{% endtest %}


{% test same_as_live_hotels(model, hotels) %}
{#- A lead that is not launched, or a launched hotel that is no lead, breaks the count of sales. -#}

with

live as (

    select hotel_id
    from {{ hotels }}
    where is_live

)

select
    leads.lead_id,
    live.hotel_id,
from {{ model }} as leads
full join live
    on leads.lead_id = live.hotel_id
where leads.lead_id is null
    or live.hotel_id is null

{% endtest %}


{% test funnel_adds_up(model) %}
{#- Every attempted hotel found an engine, a chain or agency, or nothing; the others wait. -#}

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
    from {{ model }}
    where section = 'funnel'
    group by market_id

)

select *
from funnel
where attempted != outcomes
    or total != attempted + pending

{% endtest %}


{% test explained_by(model, provenance) %}
{#- A winning value that the hotel does not show cannot be explained. -#}

select
    hotels.hotel_id,
    provenance.field_name,
    provenance.field_value,
from {{ model }} as hotels
inner join {{ provenance }} as provenance
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

{% endtest %}
