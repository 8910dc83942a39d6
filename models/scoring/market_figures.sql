with

golden_hotels as (

    select * from {{ ref('golden_hotels') }}

),

launches as (

    select * from {{ ref('launches') }}

),

hotel_engine_detections as (

    select * from {{ ref('hotel_engine_detections') }}

),

market_metrics as (

    select * from {{ ref('market_metrics') }}

),

facts as (

    select
        golden_hotels.hotel_id,
        golden_hotels.country as country_code,
        golden_hotels.country_name as country,
        golden_hotels.state,
        golden_hotels.city,
        golden_hotels.sources,
        launches.* exclude (hotel_id),
        hotel_engine_detections.booking_engine,
        hotel_engine_detections.tier,
        hotel_engine_detections.detection_method,
        hotel_engine_detections.status as detection_status,
    from golden_hotels
    inner join launches using (hotel_id)
    left join hotel_engine_detections using (hotel_id)

),

-- Every hotel counts in its city and in its state.
places as (

    select * from facts
    where city is not null
    union all by name
    select * replace (cast(null as varchar) as city) from facts

),

markets as (

    select
        *,
        concat_ws(
            '/',
            coalesce({{ slug('country_code') }}, 'unknown'),
            coalesce({{ slug('state') }}, 'unknown'),
            {{ slug('city') }}
        ) as market_id,
    from places

),

counts as (

    select
        market_id,
        min(country) as country,
        min(state) as state,
        min(city) as city,
        count(*) as hotels,
        count(*) filter (where has_website) as with_website,
        count(*) filter (where is_detection_attempted) as attempted,
        count(*) filter (where has_engine) as engine_found,
        count(*) filter (where is_chain_or_ota) as chain_or_ota,
        count(*) filter (
            where is_detection_attempted and not has_engine and not is_chain_or_ota
        ) as no_engine,
        count(*) filter (where not is_detection_attempted) as pending,
        count(*) filter (where has_valid_name) as valid_name,
        count(*) filter (where has_country) as country_known,
        count(*) filter (where is_hotel_like) as hotel_like,
        count(*) filter (where is_open) as not_closed,
        count(*) filter (where is_net_new) as net_new,
        count(*) filter (where is_not_suppressed) as not_suppressed,
        count(*) filter (where is_place_consistent) as place_consistent,
        count(*) filter (where has_launch_score) as score_reached,
        count(*) filter (where is_live) as launched,
        count(*) filter (where has_engine and tier = 1) as tier_1,
        count(*) filter (where has_engine and tier = 2) as tier_2,
        count(*) filter (where has_website and has_engine) as with_website_and_engine,
        count(*) filter (where detection_status = 0 and detection_method like 'label%')
            as engine_not_proven,
        count(*) filter (
            where detection_status = 0 and detection_method = 'engine_host_without_property'
        ) as engine_without_property,
        count(*) filter (where detection_status = 0 and detection_method = 'asset')
            as junk_booking_url,
        count(*) filter (where detection_status = 0 and detection_method = 'unknown_host')
            as unknown_booking_host,
        count(*) filter (where name_problem != 'not lodging') as junk_name,
        count(*) filter (where name_problem = 'not lodging') as non_hotel_name,
        count(*) filter (where not is_place_consistent) as location_mismatch,
    from markets
    group by market_id

),

targets as (

    select
        *,
        cast(ceil(with_website * {{ var('engine_target_share') }}) as bigint) as target,
        greatest(
            cast(ceil(with_website * {{ var('engine_target_share') }}) as bigint)
            - with_website_and_engine,
            0
        ) as gap,
        pending + no_engine as available_pool,
    from counts

),

measures as (

    unpivot targets
    on columns(* exclude (market_id, country, state, city))
    into name measure value hotels

),

lines as (

    select
        measures.market_id,
        market_metrics.section,
        market_metrics.position,
        market_metrics.metric,
        measures.hotels,
        wholes.hotels as whole,
        market_metrics.share_of,
    from market_metrics
    inner join measures
        on market_metrics.measure = measures.measure
    inner join measures as wholes
        on market_metrics.whole_measure = wholes.measure
        and measures.market_id = wholes.market_id

),

engines as (

    select
        market_id,
        'engines' as section,
        row_number() over (
            partition by market_id
            order by count(*) desc, booking_engine
        ) as position,
        booking_engine as metric,
        count(*) as hotels,
        sum(count(*)) over (partition by market_id) as whole,
        'engine found' as share_of,
    from markets
    where has_engine
    group by market_id, booking_engine
    qualify position <= 15

),

source_words as (

    select
        market_id,
        unnest(sources) as source,
    from markets

),

source_counts as (

    select
        source_words.market_id,
        'sources' as section,
        row_number() over (
            partition by source_words.market_id
            order by count(*) desc, source_words.source
        ) as position,
        source_words.source as metric,
        count(*) as hotels,
        max(counts.hotels) as whole,
        'total hotels' as share_of,
    from source_words
    inner join counts using (market_id)
    group by source_words.market_id, source_words.source

),

every_line as (

    select * from lines
    union all
    select * from engines
    union all
    select * from source_counts

),

final as (

    select
        every_line.market_id || '/' || every_line.section || '/' || every_line.position
            as market_figure_id,
        every_line.market_id,
        counts.country,
        counts.state,
        counts.city,
        every_line.section,
        cast(every_line.position as integer) as position,
        every_line.metric,
        cast(every_line.hotels as bigint) as hotels,
        cast(case
            when every_line.whole > 0 then round(every_line.hotels / every_line.whole, 4)
        end as decimal(7, 4)) as share,
        every_line.share_of,
    from every_line
    inner join counts using (market_id)

)

select * from final
