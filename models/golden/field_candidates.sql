with

hotel_records as (

    select * from {{ ref('hotel_records') }}

),

source_records as (

    select * from {{ ref('source_records') }}

),

record_engines as (

    select * from {{ ref('record_engines') }}

),

web_addresses as (

    select * from {{ ref('web_addresses') }}

),

hotel_clusters as (

    select * from {{ source('match', 'hotel_clusters') }}

),

source_kinds as (

    select * from {{ ref('source_kinds') }}

),

source_confidences as (

    select * from {{ ref('source_confidences') }}

),

source_priorities as (

    select * from {{ ref('source_priorities') }}

),

confidence_modifiers as (

    select * from {{ ref('confidence_modifiers') }}

),

confidence_caps as (

    select * from {{ ref('confidence_caps') }}

),

role_local_parts as (

    select * from {{ ref('role_local_parts') }}

),

free_mail_domains as (

    select * from {{ ref('free_mail_domains') }}

),

modifiers as (

    select map_from_entries(list(
        {'k': modifier, 'v': case when is_on then amount else 0 end} order by modifier
    )) as amounts,
    from confidence_modifiers

),

caps as (

    select
        max(case when cap = 'single_inferred' then amount end) as single_inferred,
        max(case when cap = 'single_source' then amount end) as single_source,
    from confidence_caps

),

records as (

    select
        hotel_clusters.hotel_id,
        hotel_records.*,
        source_records.rating,
        source_records.review_count,
        record_engines.booking_engine,
        record_engines.booking_url as engine_url,
        record_engines.engine_property_id as found_property_id,
        record_engines.detection_method,
        record_engines.evidence,
        record_engines.tier,
        coalesce(web_addresses.domain_kind in ('own', 'chain'), false) as is_own_site,
        role_local_parts.kind as mailbox_kind,
        free_mail_domains.domain is not null as is_free_mail,
        case
            when hotel_records.is_toll_free
                and hotel_records.phone_alt is not null
                and not {{ is_toll_free('hotel_records.phone_alt') }}
                then hotel_records.phone_alt
            else hotel_records.phone
        end as best_phone,
        coalesce(source_kinds.kind, other_lists.kind) as kind,
        coalesce(source_kinds.origin, hotel_records.source) as origin,
    from hotel_records
    inner join hotel_clusters using (record_id)
    inner join source_records using (record_id)
    left join record_engines using (record_id)
    left join web_addresses
        on source_records.website_found = web_addresses.url
    left join source_kinds
        on hotel_records.source = source_kinds.source
    left join source_kinds as other_lists
        on other_lists.source = case when source_records.is_register then '*register' else '*' end
    left join role_local_parts
        on split_part(hotel_records.email, '@', 1) = role_local_parts.local_part
    left join free_mail_domains
        on hotel_records.email_domain = free_mail_domains.domain

),

-- One struct per group of fields: its fields come from one record or not at all. `rank` says how
-- complete the record is for the group; a street beats a city alone, a proven engine a label.
grouped as (

    select
        records.hotel_id,
        records.record_id,
        records.source,
        records.kind,
        records.origin,
        records.source_url,
        records.observed_at,
        unnest([
            {
                'field_group': 'name',
                'value_key': coalesce(records.name_core, lower(records.hotel_name)),
                'rank': case when records.hotel_name is not null then 1 end,
                'modifier': cast(0 as decimal(5, 4)),
                'fields': [{'field_name': 'name', 'field_value': records.hotel_name}]
            },
            {
                'field_group': 'phone',
                'value_key': records.best_phone,
                'rank': case when records.best_phone is not null then 1 end,
                'modifier': case
                    when {{ is_toll_free('records.best_phone') }}
                        then modifiers.amounts['toll_free']
                    else 0
                end,
                'fields': [{'field_name': 'phone', 'field_value': records.best_phone}]
            },
            {
                'field_group': 'email',
                'value_key': records.email,
                'rank': case
                    when records.mailbox_kind = 'technical' then null
                    when records.email is not null then 1
                end,
                'modifier': case
                    when records.is_free_mail then modifiers.amounts['free_mail']
                    when records.mailbox_kind is not null then modifiers.amounts['role_mailbox']
                    else 0
                end,
                'fields': [{'field_name': 'email', 'field_value': records.email}]
            },
            {
                'field_group': 'website',
                'value_key': coalesce(
                    records.domain, regexp_replace(records.website, '^https?://(www\.)?', '')
                ),
                'rank': case when records.is_own_site then 1 end,
                'modifier': cast(0 as decimal(5, 4)),
                'fields': [{'field_name': 'website', 'field_value': records.website}]
            },
            {
                'field_group': 'address',
                'value_key': coalesce(
                    records.street_number || ' ' || records.street_name, records.city_key
                ),
                'rank': case
                    when records.address is not null and records.city is not null then 4
                    when records.address is not null then 3
                    when records.city is not null then 2
                    when records.state is not null then 1
                    when records.country is not null then 0
                end,
                'modifier': cast(0 as decimal(5, 4)),
                'fields': [
                    {'field_name': 'address', 'field_value': records.address},
                    {'field_name': 'city', 'field_value': records.city},
                    {'field_name': 'state', 'field_value': records.state},
                    {'field_name': 'zip_code', 'field_value': records.zip_code},
                    {'field_name': 'country', 'field_value': records.country}
                ]
            },
            {
                'field_group': 'coordinates',
                'value_key': format('{:.2f} {:.2f}', records.latitude, records.longitude),
                'rank': case when records.latitude is not null then 1 end,
                'modifier': cast(0 as decimal(5, 4)),
                'fields': [
                    {
                        'field_name': 'latitude',
                        'field_value': cast(round(records.latitude, 7) as varchar)
                    },
                    {
                        'field_name': 'longitude',
                        'field_value': cast(round(records.longitude, 7) as varchar)
                    }
                ]
            },
            {
                'field_group': 'category',
                'value_key': records.category,
                'rank': case when records.category is not null then 1 end,
                'modifier': cast(0 as decimal(5, 4)),
                'fields': [{'field_name': 'category', 'field_value': records.category}]
            },
            {
                'field_group': 'room_count',
                'value_key': cast(records.room_count as varchar),
                'rank': case when records.room_count is not null then 1 end,
                'modifier': cast(0 as decimal(5, 4)),
                'fields': [
                    {
                        'field_name': 'room_count',
                        'field_value': cast(records.room_count as varchar)
                    }
                ]
            },
            {
                'field_group': 'rating',
                'value_key': cast(records.rating as varchar),
                'rank': case when records.rating is not null then 1 end,
                'modifier': cast(0 as decimal(5, 4)),
                'fields': [
                    {'field_name': 'rating', 'field_value': cast(records.rating as varchar)},
                    {
                        'field_name': 'review_count',
                        'field_value': cast(records.review_count as varchar)
                    }
                ]
            },
            {
                'field_group': 'booking',
                'value_key': coalesce(
                    records.booking_engine || ' ' || records.found_property_id,
                    records.booking_engine
                ),
                'rank': case
                    when records.evidence < {{ var('evidence_threshold') }} then null
                    when records.tier > 0 then 2
                    when records.tier = 0 then 1
                end,
                'modifier': cast(0 as decimal(5, 4)),
                'fields': [
                    {'field_name': 'booking_engine', 'field_value': records.booking_engine},
                    {'field_name': 'booking_url', 'field_value': records.engine_url},
                    {'field_name': 'engine_property_id', 'field_value': records.found_property_id},
                    {'field_name': 'detection_method', 'field_value': records.detection_method}
                ]
            },
            {
                'field_group': 'activity',
                'value_key': cast(records.is_active as varchar),
                'rank': case when records.is_active is not null then 1 end,
                'modifier': cast(0 as decimal(5, 4)),
                'fields': [
                    {
                        'field_name': 'is_active',
                        'field_value': cast(records.is_active as varchar)
                    }
                ]
            }
        ], max_depth := 2),
    from records
    cross join modifiers

),

present as (

    select * from grouped
    where rank is not null

),

-- Independent is another origin, not another route: lists of one vendor agree with themselves.
agreements as (

    select
        hotel_id,
        field_group,
        value_key,
        count(distinct origin) as count_origins,
    from present
    where value_key is not null
    group by hotel_id, field_group, value_key

),

weighed as (

    select
        present.*,
        source_priorities.priority,
        source_confidences.is_inferred,
        source_confidences.is_authoritative,
        coalesce(agreements.count_origins, 1) as count_origins,
        least(1, greatest(0,
            coalesce(source_priorities.confidence, source_confidences.confidence)
            + present.modifier
            + case
                when coalesce(agreements.count_origins, 1) >= 2
                    then modifiers.amounts['corroborated']
                else 0
            end
            + {{ staleness('present.observed_at') }}
        )) as confidence,
        {{ age_months('present.observed_at') }} as age_months,
    from present
    cross join modifiers
    inner join source_confidences using (kind)
    -- A kind of source without a priority for a group has no say in it.
    inner join source_priorities
        on present.kind = source_priorities.kind
        and present.field_group = source_priorities.field_group
    left join agreements
        on present.hotel_id = agreements.hotel_id
        and present.field_group = agreements.field_group
        and present.value_key = agreements.value_key

),

effective as (

    select
        weighed.*,
        {{ effective_confidence('weighed') }} as effective_confidence,
    from weighed
    cross join caps

),

spread as (

    select
        hotel_id,
        field_group,
        value_key,
        record_id,
        source,
        kind,
        origin,
        rank as group_rank,
        priority,
        cast(confidence as decimal(5, 4)) as confidence,
        effective_confidence,
        count_origins,
        source_url,
        observed_at,
        unnest(fields, max_depth := 2),
    from effective

),

final as (

    select
        hotel_id || '|' || field_name || '|' || record_id as field_candidate_id,
        hotel_id,
        field_name,
        field_group,
        field_value,
        value_key,
        source,
        kind,
        record_id,
        confidence,
        effective_confidence,
        priority,
        group_rank,
        count_origins,
        source_url,
        observed_at,
    from spread
    where field_value is not null

)

select * from final
