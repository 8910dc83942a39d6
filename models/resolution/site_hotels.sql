with

crawled_entities as (

    select * from {{ ref('stg_common_crawl__entities') }}

),

extracted_entities as (

    select * from {{ ref('stg_web_data_commons__entities') }}

),

category_words as (

    select * from {{ ref('category_words') }}

),

shared_domains as (

    select * from {{ ref('shared_domains') }}

),

entities as (

    select
        'common_crawl' as source,
        * exclude (common_crawl_entity_id, captured_at),
        captured_at as observed_at,
    from crawled_entities
    union all by name
    select
        'web_data_commons' as source,
        * exclude (web_data_commons_entity_id),
        _fetched_at as observed_at,
    from extracted_entities

),

-- A restaurant, the site itself and the company behind it are things, too.
lodgings as (

    select
        entities.*,
        min(category_words.word) as schema_type,
    from entities
    inner join category_words
        on category_words.vocabulary = 'schema_org'
        and list_contains(entities.schema_types, category_words.word)
    where entities.hotel_name is not null
    group by all

),

-- A portal's page speaks of somebody else's house.
own_words as (

    select lodgings.*
    from lodgings
    anti join shared_domains
        on {{ last_labels('lodgings.host', 2) }} = shared_domains.domain
        or {{ last_labels('lodgings.host', 3) }} = shared_domains.domain

),

keyed as (

    select
        *,
        host || '/' || {{ slug('hotel_name') }} as site_hotel_key,
    from own_words
    where {{ slug('hotel_name') }} is not null

),

-- A house stands on many of its pages: the fullest description wins, then the one highest up.
final as (

    select
        source || ':' || site_hotel_key as record_id,
        source,
        site_hotel_key,
        hotel_name,
        schema_type,
        phone,
        email,
        coalesce(
            case when {{ url_host('website') }} like '%' || host then website end,
            'https://' || host || '/'
        ) as website,
        street,
        city,
        state,
        zip_code,
        country,
        address,
        room_count,
        latitude,
        longitude,
        page_url as source_url,
        observed_at,
        _fetched_at,
    from keyed
    qualify row_number() over (
        partition by source, site_hotel_key
        order by
            (street is not null)::integer + (phone is not null)::integer
            + (latitude is not null)::integer + (email is not null)::integer desc,
            observed_at desc,
            length(page_url),
            page_url,
            schema_type,
            phone,
            street
    ) = 1

)

select * from final
