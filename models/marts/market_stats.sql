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

facts as (

    select
        golden_hotels.hotel_id,
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
markets as (

    select * from facts
    where city is not null
    union all by name
    select * replace (cast(null as varchar) as city) from facts

),

counts as (

    select
        country,
        state,
        city,
        count(*) as hotels,
        count(*) filter (where has_website) as with_website,
        count(*) filter (where is_detection_attempted) as attempted,
        count(*) filter (where has_engine) as engine_found,
        count(*) filter (where is_chain_or_ota) as chain_or_ota,
        count(*) filter (where is_detection_attempted and not has_engine and not is_chain_or_ota)
            as no_engine,
        count(*) filter (where not is_detection_attempted) as pending,
        count(*) filter (where is_live) as launched,
        count(*) filter (where has_website and has_engine) as with_website_and_engine,
        count(*) filter (where has_valid_name) as valid_name,
        count(*) filter (where has_country) as country_known,
        count(*) filter (where is_hotel_like) as hotel_like,
        count(*) filter (where is_open) as open,
        count(*) filter (where is_net_new) as net_new,
        count(*) filter (where is_not_suppressed) as not_suppressed,
        count(*) filter (where is_place_consistent) as place_consistent,
        count(*) filter (where has_launch_score) as score_reached,
        count(*) filter (where has_engine and tier = 1) as tier_1,
        count(*) filter (where has_engine and tier = 2) as tier_2,
        count(*) filter (where name_problem in ('no name', 'no letters', 'junk name', 'junk words', 'search title'))
            as junk_name,
        count(*) filter (where name_problem = 'not lodging') as non_hotel_name,
        count(*) filter (where not is_place_consistent) as location_mismatch,
        count(*) filter (where detection_status = 0 and detection_method = 'asset')
            as junk_booking_url,
        count(*) filter (where detection_status = 0 and detection_method in ('label', 'label_own_site'))
            as engine_not_proven,
        count(*) filter (where detection_status = 0 and detection_method = 'unknown_host')
            as unknown_booking_host,
        count(*) filter (where detection_status = 0 and detection_method = 'engine_host_without_property')
            as engine_without_property,
    from markets
    group by country, state, city

),

lines as (

    select
        country,
        state,
        city,
        unnest([
            {'section': 'funnel', 'position': 1, 'metric': 'total hotels', 'hotels': hotels, 'whole': hotels, 'share_of': 'total hotels'},
            {'section': 'funnel', 'position': 2, 'metric': 'with website', 'hotels': with_website, 'whole': hotels, 'share_of': 'total hotels'},
            {'section': 'funnel', 'position': 3, 'metric': 'detection attempted', 'hotels': attempted, 'whole': hotels, 'share_of': 'total hotels'},
            {'section': 'funnel', 'position': 4, 'metric': 'engine found', 'hotels': engine_found, 'whole': attempted, 'share_of': 'detection attempted'},
            {'section': 'funnel', 'position': 5, 'metric': 'chain or travel agency', 'hotels': chain_or_ota, 'whole': attempted, 'share_of': 'detection attempted'},
            {'section': 'funnel', 'position': 6, 'metric': 'no engine found', 'hotels': no_engine, 'whole': attempted, 'share_of': 'detection attempted'},
            {'section': 'funnel', 'position': 7, 'metric': 'pending', 'hotels': pending, 'whole': hotels, 'share_of': 'total hotels'},
            {'section': 'funnel', 'position': 8, 'metric': 'valid name', 'hotels': valid_name, 'whole': hotels, 'share_of': 'total hotels'},
            {'section': 'funnel', 'position': 9, 'metric': 'country known', 'hotels': country_known, 'whole': hotels, 'share_of': 'total hotels'},
            {'section': 'funnel', 'position': 10, 'metric': 'hotel-like', 'hotels': hotel_like, 'whole': hotels, 'share_of': 'total hotels'},
            {'section': 'funnel', 'position': 11, 'metric': 'open', 'hotels': open, 'whole': hotels, 'share_of': 'total hotels'},
            {'section': 'funnel', 'position': 12, 'metric': 'not a customer', 'hotels': net_new, 'whole': hotels, 'share_of': 'total hotels'},
            {'section': 'funnel', 'position': 13, 'metric': 'not suppressed', 'hotels': not_suppressed, 'whole': hotels, 'share_of': 'total hotels'},
            {'section': 'funnel', 'position': 14, 'metric': 'place consistent', 'hotels': place_consistent, 'whole': hotels, 'share_of': 'total hotels'},
            {'section': 'funnel', 'position': 15, 'metric': 'launch score reached', 'hotels': score_reached, 'whole': hotels, 'share_of': 'total hotels'},
            {'section': 'funnel', 'position': 16, 'metric': 'launched', 'hotels': launched, 'whole': hotels, 'share_of': 'total hotels'},
            {'section': 'quality', 'position': 1, 'metric': 'tier 1', 'hotels': tier_1, 'whole': tier_1 + tier_2, 'share_of': 'tier 1 and 2'},
            {'section': 'quality', 'position': 2, 'metric': 'tier 2', 'hotels': tier_2, 'whole': tier_1 + tier_2, 'share_of': 'tier 1 and 2'},
            {'section': 'target', 'position': 1, 'metric': 'target', 'hotels': cast(ceil(with_website * {{ var('engine_target_share') }}) as bigint), 'whole': with_website, 'share_of': 'with website'},
            {'section': 'target', 'position': 2, 'metric': 'current', 'hotels': with_website_and_engine, 'whole': with_website, 'share_of': 'with website'},
            {'section': 'target', 'position': 3, 'metric': 'gap', 'hotels': greatest(cast(ceil(with_website * {{ var('engine_target_share') }}) as bigint) - with_website_and_engine, 0), 'whole': with_website, 'share_of': 'with website'},
            {'section': 'target', 'position': 4, 'metric': 'available pool', 'hotels': pending + no_engine, 'whole': hotels, 'share_of': 'total hotels'},
            {'section': 'failures', 'position': 1, 'metric': 'engine named but not proven', 'hotels': engine_not_proven, 'whole': no_engine, 'share_of': 'no engine found'},
            {'section': 'failures', 'position': 2, 'metric': 'engine page without a property', 'hotels': engine_without_property, 'whole': no_engine, 'share_of': 'no engine found'},
            {'section': 'failures', 'position': 3, 'metric': 'junk booking URL', 'hotels': junk_booking_url, 'whole': no_engine, 'share_of': 'no engine found'},
            {'section': 'failures', 'position': 4, 'metric': 'unknown booking host', 'hotels': unknown_booking_host, 'whole': no_engine, 'share_of': 'no engine found'},
            {'section': 'failures', 'position': 5, 'metric': 'junk name', 'hotels': junk_name, 'whole': hotels, 'share_of': 'total hotels'},
            {'section': 'failures', 'position': 6, 'metric': 'non-hotel name', 'hotels': non_hotel_name, 'whole': hotels, 'share_of': 'total hotels'},
            {'section': 'failures', 'position': 7, 'metric': 'location mismatch', 'hotels': location_mismatch, 'whole': hotels, 'share_of': 'total hotels'}
        ], max_depth := 2),
    from counts

),

engines as (

    select
        country,
        state,
        city,
        'engines' as section,
        booking_engine as metric,
        count(*) as hotels,
        sum(count(*)) over (partition by country, state, city) as whole,
        'engine found' as share_of,
        row_number() over (
            partition by country, state, city
            order by count(*) desc, booking_engine
        ) as position,
    from markets
    where has_engine
    group by country, state, city, booking_engine
    qualify position <= 15

),

source_words as (

    select
        country,
        state,
        city,
        unnest(sources) as metric,
    from markets

),

source_counts as (

    select
        source_words.country,
        source_words.state,
        source_words.city,
        'sources' as section,
        source_words.metric,
        count(*) as hotels,
        max(counts.hotels) as whole,
        'total hotels' as share_of,
        row_number() over (
            partition by source_words.country, source_words.state, source_words.city
            order by count(*) desc, source_words.metric
        ) as position,
    from source_words
    inner join counts
        on source_words.country is not distinct from counts.country
        and source_words.state is not distinct from counts.state
        and source_words.city is not distinct from counts.city
    group by source_words.country, source_words.state, source_words.city, source_words.metric

),

every_line as (

    select * from lines
    union all by name
    select * from engines
    union all by name
    select * from source_counts

),

final as (

    select
        concat_ws(
            '/',
            coalesce({{ slug('country') }}, 'unknown'),
            coalesce({{ slug('state') }}, 'unknown'),
            {{ slug('city') }}
        ) as market_id,
        country,
        state,
        city,
        section,
        cast(position as integer) as position,
        metric,
        cast(hotels as bigint) as hotels,
        cast(case when whole > 0 then round(hotels / whole, 4) end as decimal(7, 4)) as share,
        share_of,
    from every_line

)

select * from final
order by country, state, city nulls first, section, position
