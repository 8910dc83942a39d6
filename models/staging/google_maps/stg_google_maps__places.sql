with

answers as (

    select * from {{ source('google_maps', 'answers') }}

),

-- A cell is asked whole: its newest answer replaces the older ones. A full cell is split, and
-- what it showed counts as well.
newest as (

    select
        request_key,
        source_url,
        case when json_valid(request) then request end as request,
        case when json_valid(response) then response end as response,
        {{ utc('fetched_at') }} as fetched_utc_at,
    from answers
    where outcome in ('ok', 'empty')
    qualify row_number() over (
        partition by request_key
        order by response is not null desc, fetched_at desc, run_id desc, source_url
    ) = 1

),

pages as (

    select
        request_key,
        fetched_utc_at,
        coalesce(
            json_extract_string(try_cast(request ->> 'body' as json), '$.gl'),
            json_extract_string(try_cast(request ->> 'body' as json), '$.regionCode')
        ) as country_asked,
        unnest(from_json(response, '["JSON"]')) as page,
    from newest
    where response is not null

),

parsed as (

    select
        request_key,
        fetched_utc_at,
        country_asked,
        unnest(from_json(
            json_extract(page, '$.places'),
            '[{
                "id": "VARCHAR",
                "placeId": "VARCHAR",
                "cid": "VARCHAR",
                "title": "VARCHAR",
                "displayName": {"text": "VARCHAR"},
                "type": "VARCHAR",
                "primaryType": "VARCHAR",
                "address": "VARCHAR",
                "formattedAddress": "VARCHAR",
                "latitude": "DOUBLE",
                "longitude": "DOUBLE",
                "location": {"latitude": "DOUBLE", "longitude": "DOUBLE"},
                "phoneNumber": "VARCHAR",
                "internationalPhoneNumber": "VARCHAR",
                "nationalPhoneNumber": "VARCHAR",
                "website": "VARCHAR",
                "websiteUri": "VARCHAR",
                "rating": "DECIMAL(4, 2)",
                "ratingCount": "INTEGER",
                "userRatingCount": "INTEGER",
                "businessStatus": "VARCHAR",
                "permanentlyClosed": "BOOLEAN"
            }]'
        )) as place,
    from pages

),

-- Cells and terms overlap: the newest answer that holds a place wins.
places as (

    select
        *,
        coalesce(place.placeId, place.id, place.cid) as place_key,
    from parsed
    where coalesce(place.placeId, place.id, place.cid) is not null
    qualify row_number() over (
        partition by place_key
        order by fetched_utc_at desc, request_key
    ) = 1

),

final as (

    select
        place_key as google_maps_place_id,
        coalesce(place.placeId, place.id) as place_id,
        {{ clean_text('coalesce(place.title, place.displayName.text)') }} as hotel_name,
        {{ clean_text('coalesce(place.type, place.primaryType)') }} as category,
        {{ clean_text('coalesce(place.address, place.formattedAddress)') }} as address,
        upper({{ clean_text('country_asked') }}) as country,
        {{ clean_text(
            'coalesce(place.phoneNumber, place.internationalPhoneNumber, place.nationalPhoneNumber)'
        ) }} as phone,
        {{ clean_text('coalesce(place.website, place.websiteUri)') }} as website,
        place.rating as rating,
        coalesce(place.ratingCount, place.userRatingCount) as review_count,
        coalesce(place.latitude, place.location.latitude) as latitude,
        coalesce(place.longitude, place.location.longitude) as longitude,
        case
            when place.permanentlyClosed or place.businessStatus = 'CLOSED_PERMANENTLY' then false
            when place.businessStatus = 'OPERATIONAL' then true
        end as is_active,
        case
            when coalesce(place.placeId, place.id) is not null
                then 'https://www.google.com/maps/place/?q=place_id:'
                    || coalesce(place.placeId, place.id)
            else 'https://maps.google.com/?cid=' || place.cid
        end as _source_url,
        fetched_utc_at as _fetched_at,
    from places

)

select * from final
