with

properties as (

    select * from {{ ref('stg_booking_engine_lists__properties') }}

),

booking_engine_aliases as (

    select * from {{ ref('booking_engine_aliases') }}

),

booking_engine_templates as (

    select * from {{ ref('booking_engine_templates') }}

),

addressed as (

    select
        properties.*,
        coalesce(
            {{ absolute_url('properties.url') }},
            replace(booking_engine_templates.url_template, '{slug}', properties.slug)
        ) as booking_url,
    from properties
    left join booking_engine_aliases
        on {{ fold('properties.engine_label') }} = booking_engine_aliases.alias
    left join booking_engine_templates
        on booking_engine_aliases.booking_engine = booking_engine_templates.booking_engine

),

named as (

    select
        *,
        regexp_replace(booking_url, '^https?://(www\.)?', '', 'i') as listed_property_id,
        coalesce(
            hotel_name,
            {{ name_of_slug('slug') }},
            {{ name_of_slug("regexp_extract(booking_url, '([^/?#]+)/?(?:[?#].*)?$', 1)") }}
        ) as name_found,
    from addressed
    where booking_url is not null

),

-- Two lists can hold one address: the one that knows its name counts.
final as (

    select
        listed_property_id,
        name_found as hotel_name,
        booking_url,
        engine_label,
        _source_url,
        _fetched_at,
    from named
    qualify row_number() over (
        partition by listed_property_id
        order by
            hotel_name is not null desc,
            name_found is not null desc,
            _fetched_at desc,
            booking_engine_lists_property_id
    ) = 1

)

select * from final
