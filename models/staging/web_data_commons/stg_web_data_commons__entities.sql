with

quads as (

    select * from {{ source('web_data_commons', 'quads') }}

),

-- A part is sent whole: its newest answer replaces the older ones.
current_quads as (

    select
        *,
        {{ utc('fetched_at') }} as fetched_utc_at,
        first_value(run_id) over (
            partition by request_key
            order by page_url is not null desc, fetched_at desc, run_id desc
        ) as newest_run_id,
    from quads
    where outcome = 'ok'

),

-- <http://schema.org/name> and <https://schema.org/Hotel/name> say the same.
properties as (

    select
        page_url,
        subject,
        case when ends_with(predicate, '#type') then 'type' else
            regexp_extract(predicate, '[^/#]+$')
        end as property,
        object,
        object_kind,
        fetched_utc_at,
    from current_quads
    where run_id = newest_run_id
        and page_url is not null

),

-- Labels of things are good on their own page only.
things as (

    select
        page_url,
        subject,
        list_sort(list_distinct(list(
            lower(regexp_extract(object, '[^/#]+$')) order by object
        ) filter (where property = 'type'))) as schema_types,
        min(object) filter (where property = 'name' and object_kind = 'literal') as name,
        min(object) filter (where property = 'telephone') as telephone,
        min(object) filter (where property = 'email') as email,
        min(object) filter (where property = 'url') as url,
        min(object) filter (where property = 'numberOfRooms') as rooms,
        min(object) filter (where property = 'address') as address,
        min(object_kind) filter (where property = 'address') as address_kind,
        min(object) filter (where property = 'geo') as geo,
        min(object) filter (where property = 'streetAddress') as street,
        min(object) filter (where property = 'addressLocality') as city,
        min(object) filter (where property = 'addressRegion') as state,
        min(object) filter (where property = 'postalCode') as zip_code,
        min(object) filter (where property = 'addressCountry') as country,
        min(object) filter (where property = 'latitude') as latitude,
        min(object) filter (where property = 'longitude') as longitude,
        max(fetched_utc_at) as fetched_utc_at,
    from properties
    group by page_url, subject

),

-- A thing's address and position are things of their own on the same page.
neighboured as (

    select
        *,
        list({
            'subject': subject,
            'street': street,
            'city': city,
            'state': state,
            'zip_code': zip_code,
            'country': country,
            'latitude': latitude,
            'longitude': longitude
        } order by subject) over (partition by page_url) as neighbours,
    from things

),

placed as (

    select
        *,
        list_filter(neighbours, lambda thing: thing.subject = address)[1] as place,
        list_filter(neighbours, lambda thing: thing.subject = geo)[1] as point,
    from neighboured
    where name is not null

),

final as (

    select
        page_url || '#' || subject as web_data_commons_entity_id,
        page_url,
        regexp_replace({{ url_host('page_url') }}, '^www\.', '') as host,
        schema_types,
        {{ clean_text('name') }} as hotel_name,
        {{ clean_text('telephone') }} as phone,
        {{ clean_text('email') }} as email,
        {{ clean_text('url') }} as website,
        {{ clean_text('coalesce(place.street, street)') }} as street,
        {{ clean_text('coalesce(place.city, city)') }} as city,
        {{ clean_text('coalesce(place.state, state)') }} as state,
        {{ clean_text('coalesce(place.zip_code, zip_code)') }} as zip_code,
        {{ clean_text('coalesce(place.country, country)') }} as country,
        case when address_kind = 'literal' then {{ clean_text('address') }} end as address,
        try_cast(rooms as integer) as room_count,
        try_cast(coalesce(point.latitude, latitude) as double) as latitude,
        try_cast(coalesce(point.longitude, longitude) as double) as longitude,
        fetched_utc_at as _fetched_at,
    from placed

)

select * from final
