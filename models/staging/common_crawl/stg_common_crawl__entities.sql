with

pages as (

    select * from {{ source('common_crawl', 'pages') }}

),

newest as (

    {{ newest_pages() }}

),

scripts as (

    select
        url,
        regexp_replace(full_host, '^www\.', '') as host,
        captured_utc_at,
        fetched_utc_at,
        unnest(regexp_extract_all(
            body,
            '(?is)<script[^>]*application/ld\+json[^>]*>(.*?)</script>',
            1
        )) as script,
    from newest

),

-- What is no JSON is read as its authors meant it: in a comment, with raw newlines, with entities
-- for quotes, with a comma behind the last value.
cleaned as (

    select
        * exclude (script),
        regexp_replace(
            regexp_replace(
                regexp_replace(script, '^\s*\x{feff}|<!--|-->|<!\[CDATA\[|\]\]>|^\s*//', '', 'g'),
                '[\x00-\x1f]+', ' ', 'g'
            ),
            ',\s*([}\]])', '\1', 'g'
        ) as script,
    from scripts

),

blocks as (

    select
        * exclude (script),
        case
            when json_valid(script) then cast(script as json)
            else try_cast({{ decode_entities('script') }} as json)
        end as block,
    from cleaned

),

-- One thing, a list of things, or things in a graph.
things as (

    select
        * exclude (block),
        unnest(case
            when json_type(block) = 'ARRAY' then from_json(block, '["JSON"]')
            when json_type(block, '$."@graph"') = 'ARRAY'
                then from_json(json_extract(block, '$."@graph"'), '["JSON"]')
            else [block]
        end) as thing,
    from blocks
    where block is not null

),

described as (

    select
        * exclude (thing),
        list_transform(
            case json_type(thing, '$."@type"')
                when 'ARRAY' then from_json(json_extract(thing, '$."@type"'), '["VARCHAR"]')
                else [json_extract_string(thing, '$."@type"')]
            end,
            lambda word: lower(regexp_extract(word, '[^/#]+$'))
        ) as schema_types,
        coalesce(
            nullif(json_extract_string(thing, '$.telephone[0]'), ''),
            json_extract_string(thing, '$.telephone')
        ) as telephone,
        case json_type(thing, '$.address')
            when 'ARRAY' then json_extract(thing, '$.address[0]')
            when 'OBJECT' then json_extract(thing, '$.address')
        end as place,
        thing,
    from things
    where json_type(thing) = 'OBJECT'
        and json_extract_string(thing, '$.name') is not null

),

numbered as (

    select
        *,
        row_number() over (partition by url order by cast(thing as varchar)) as number,
    from described

),

final as (

    select
        url || '#' || number as common_crawl_entity_id,
        url as page_url,
        host,
        schema_types,
        {{ clean_text("json_extract_string(thing, '$.name')") }} as hotel_name,
        {{ clean_text('telephone') }} as phone,
        {{ clean_text("json_extract_string(thing, '$.email')") }} as email,
        {{ clean_text("json_extract_string(thing, '$.url')") }} as website,
        {{ clean_text("json_extract_string(place, '$.streetAddress')") }} as street,
        {{ clean_text("json_extract_string(place, '$.addressLocality')") }} as city,
        {{ clean_text("json_extract_string(place, '$.addressRegion')") }} as state,
        {{ clean_text("json_extract_string(place, '$.postalCode')") }} as zip_code,
        {{ clean_text("coalesce(
            json_extract_string(place, '$.addressCountry.name'),
            json_extract_string(place, '$.addressCountry')
        )") }} as country,
        case
            when json_type(thing, '$.address') = 'VARCHAR'
                then {{ clean_text("json_extract_string(thing, '$.address')") }}
        end as address,
        try_cast(json_extract_string(thing, '$.numberOfRooms') as integer) as room_count,
        try_cast(json_extract_string(thing, '$.geo.latitude') as double) as latitude,
        try_cast(json_extract_string(thing, '$.geo.longitude') as double) as longitude,
        captured_utc_at as captured_at,
        fetched_utc_at as _fetched_at,
    from numbered

)

select * from final
