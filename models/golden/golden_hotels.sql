{%- set fields = [
    'name', 'phone', 'email', 'website', 'address', 'city', 'state', 'zip_code', 'country',
    'latitude', 'longitude', 'category', 'room_count', 'rating', 'review_count',
    'booking_engine', 'booking_url', 'engine_property_id', 'detection_method',
    'is_active'
] -%}

with

field_winners as (

    select * from {{ ref('field_winners') }}

),

hotel_records as (

    select * from {{ ref('hotel_records') }}

),

source_records as (

    select * from {{ ref('source_records') }}

),

hotel_clusters as (

    select * from {{ source('match', 'hotel_clusters') }}

),

hotel_match_log as (

    select * from {{ source('match', 'hotel_match_log') }}

),

web_addresses as (

    select * from {{ ref('web_addresses') }}

),

countries as (

    select * from {{ ref('countries') }}

),

clustered as (

    select
        hotel_clusters.hotel_id,
        hotel_clusters.cluster_confidence,
        hotel_records.*,
    from hotel_clusters
    inner join hotel_records using (record_id)

),

hotels as (

    select
        hotel_id,
        min(cluster_confidence) as cluster_confidence,
        list(distinct source order by source) as sources,
        count(distinct source) as source_count,
        count(*) as record_count,
        max(licence_number) as licence_number,
        max(place_id) as place_id,
        first(phone order by place_id desc, record_id)
            filter (where phone is not null and place_id is not null) as phone_google,
        max(observed_at) as last_verified_at,
        min(observed_at) as first_seen_at,
    from clustered
    group by hotel_id

),

created as (

    select
        hotel_id,
        min(logged_at) as created_at,
    from hotel_match_log
    where event = 'created'
    group by hotel_id

),

winners as (

    select
        hotel_id,
        {% for field in fields -%}
        max(field_value) filter (where field_name = '{{ field }}') as {{ field }},
        {% endfor -%}
        max(source) filter (where field_name = 'room_count') as room_count_source,
        max(effective_confidence) filter (where field_name = 'room_count')
            as room_count_confidence,
        max(record_id) filter (where field_name = 'name') as name_record_id,
        max(record_id) filter (where field_group = 'address') as address_record_id,
        max(record_id) filter (where field_name = 'website') as website_record_id,
        max(observed_at) as updated_at,
        cast(avg(cast(effective_confidence * 10000 as bigint)) as decimal(18, 4)) / 10000
            as mean_confidence,
    from field_winners
    where is_winner
    group by hotel_id

),

-- All mailboxes of a hotel, the best first.
mailboxes as (

    select
        hotel_id,
        field_value,
        min(place) as place,
    from field_winners
    where field_name = 'email'
    group by hotel_id, field_value

),

emails as (

    select
        hotel_id,
        list(field_value order by place, field_value) as emails,
    from mailboxes
    group by hotel_id

),

first_sources as (

    select
        hotel_id,
        source,
    from clustered
    qualify row_number() over (
        partition by hotel_id
        order by observed_at, source, record_id
    ) = 1

),

final as (

    select
        hotels.hotel_id,
        winners.name,
        name_records.name_core,
        winners.website,
        web_addresses.domain_kind as website_kind,
        web_addresses.domain as website_domain,
        case when web_addresses.domain_kind = 'own' then web_addresses.domain end as domain,
        winners.phone,
        coalesce({{ is_toll_free('winners.phone') }}, false) as is_toll_free,
        winners.email,
        coalesce(emails.emails, cast([] as varchar[])) as emails,
        winners.address,
        winners.city,
        address_records.city_key,
        winners.state,
        winners.zip_code,
        winners.country,
        countries.name as country_name,
        cast(winners.latitude as double) as latitude,
        cast(winners.longitude as double) as longitude,
        winners.category,
        cast(winners.rating as decimal(3, 2)) as rating,
        cast(winners.review_count as integer) as review_count,
        cast(winners.room_count as integer) as room_count,
        winners.room_count_source,
        winners.room_count_confidence,
        winners.booking_engine,
        winners.booking_url,
        winners.engine_property_id,
        winners.detection_method,
        cast(winners.is_active as boolean) as is_active,
        hotels.licence_number,
        hotels.place_id,
        hotels.phone_google,
        cast(winners.mean_confidence as decimal(5, 4)) as mean_confidence,
        first_sources.source,
        hotels.sources,
        hotels.source_count,
        hotels.record_count,
        hotels.cluster_confidence,
        hotels.last_verified_at,
        coalesce(created.created_at, hotels.first_seen_at) as created_at,
        coalesce(winners.updated_at, hotels.last_verified_at) as updated_at,
    from hotels
    inner join first_sources using (hotel_id)
    left join winners using (hotel_id)
    left join emails using (hotel_id)
    left join created using (hotel_id)
    left join hotel_records as name_records
        on winners.name_record_id = name_records.record_id
    left join hotel_records as address_records
        on winners.address_record_id = address_records.record_id
    left join source_records
        on winners.website_record_id = source_records.record_id
    left join countries
        on winners.country = countries.country
    left join web_addresses
        on source_records.website_found = web_addresses.url

)

select * from final
