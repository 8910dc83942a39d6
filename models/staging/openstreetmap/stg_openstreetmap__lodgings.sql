with

answers as (

    select * from {{ source('openstreetmap', 'answers') }}

),

-- An area is asked whole: its newest answer replaces the older ones.
newest as (

    select
        request_key,
        run_id,
        source_url,
        case when json_valid(response) then response end as response,
        {{ utc('fetched_at') }} as fetched_utc_at,
        max({{ utc('fetched_at') }}) over (partition by request_key) as confirmed_at,
    from answers
    where outcome = 'ok'
    qualify row_number() over (
        partition by request_key
        order by response is not null desc, fetched_at desc, run_id desc, source_url
    ) = 1

),

parsed as (

    select
        request_key,
        confirmed_at,
        fetched_utc_at,
        unnest(from_json(
            json_extract(response, '$.elements'),
            '[{
                "type": "VARCHAR",
                "id": "BIGINT",
                "lat": "DOUBLE",
                "lon": "DOUBLE",
                "center": {"lat": "DOUBLE", "lon": "DOUBLE"},
                "tags": "MAP(VARCHAR, VARCHAR)"
            }]'
        )) as element,
    from newest
    where response is not null

),

-- Areas overlap: the newest answer that holds an element wins.
elements as (

    select
        element.type as element_type,
        element.id as element_id,
        coalesce(element.lat, element.center.lat) as latitude,
        coalesce(element.lon, element.center.lon) as longitude,
        element.tags as tags,
        confirmed_at,
    from parsed
    where element.id is not null
        and element.type in ('node', 'way', 'relation')
        and element.tags is not null
    qualify row_number() over (
        partition by element.type, element.id
        order by fetched_utc_at desc, request_key
    ) = 1

),

final as (

    select
        element_type || '/' || element_id as openstreetmap_lodging_id,
        {{ clean_text(first_tag('name', 'name:en', 'official_name')) }}
            as hotel_name,
        lower({{ clean_text(first_tag('tourism')) }}) as tourism,
        {{ clean_text(first_tag('brand')) }} as brand,
        {{ clean_text(first_tag('operator')) }} as operator,
        {{ clean_text(first_tag('addr:housenumber')) }} as house_number,
        {{ clean_text(first_tag('addr:street')) }} as street,
        {{ clean_text(first_tag('addr:unit')) }} as unit,
        {{ clean_text(first_tag('addr:full')) }} as address,
        {{ clean_text(first_tag('addr:city')) }} as city,
        {{ clean_text(first_tag('addr:state')) }} as state,
        {{ clean_text(first_tag('addr:postcode')) }} as zip_code,
        upper({{ clean_text(first_tag('addr:country')) }}) as country,
        {{ clean_text(first_tag('phone', 'contact:phone')) }} as phone,
        {{ clean_text(first_tag('contact:phone', 'phone:mobile', 'contact:mobile')) }}
            as phone_alt,
        {{ clean_text(first_tag('website', 'contact:website', 'url')) }}
            as website,
        {{ clean_text(first_tag('email', 'contact:email')) }} as email,
        {{ clean_text(first_tag('website:booking', 'booking', 'reservation:website')) }}
            as booking_url,
        try_cast(trim(tags['rooms']) as integer) as count_rooms,
        latitude,
        longitude,
        -- A lodging that closed keeps its element under a lifecycle prefix.
        tags['disused:tourism'] is null
            and tags['abandoned:tourism'] is null
            and coalesce(tags['disused'], 'no') != 'yes'
            and coalesce(tags['opening_hours'], '') != 'closed' as is_active,
        'https://www.openstreetmap.org/' || element_type || '/' || element_id as _source_url,
        confirmed_at as _fetched_at,
    from elements

)

select * from final
