with

source_records as (

    select * from {{ ref('source_records') }}

),

web_addresses as (

    select * from {{ ref('web_addresses') }}

),

booking_engine_aliases as (

    select * from {{ ref('booking_engine_aliases') }}

),

known_booking_engines as (

    select * from {{ ref('known_booking_engines') }}

),

not_booking_engines as (

    select * from {{ ref('not_booking_engines') }}

),

engine_evidence as (

    select * from {{ ref('engine_evidence') }}

),

labels as (

    select
        source_records.record_id,
        booking_engine_aliases.booking_engine,
    from source_records
    inner join booking_engine_aliases
        on {{ fold('source_records.booking_engine_label') }} = booking_engine_aliases.alias
    left join not_booking_engines
        on {{ fold('source_records.booking_engine_label') }} = not_booking_engines.label
    where not_booking_engines.label is null

),

by_booking_url as (

    select
        source_records.record_id,
        coalesce(web_addresses.booking_engine, web_addresses.domain_owner) as booking_engine,
        web_addresses.engine_property_id,
        web_addresses.canonical_url as booking_url,
        web_addresses.detection_method,
        1 as preference,
    from source_records
    inner join web_addresses
        on source_records.booking_url_found = web_addresses.url
    where web_addresses.detection_method is not null

),

by_website as (

    select
        source_records.record_id,
        coalesce(web_addresses.booking_engine, web_addresses.domain_owner) as booking_engine,
        web_addresses.engine_property_id,
        web_addresses.canonical_url as booking_url,
        case web_addresses.detection_method
            when 'url_property' then 'website_is_engine'
            else web_addresses.detection_method
        end as detection_method,
        2 as preference,
    from source_records
    inner join web_addresses
        on source_records.website_found = web_addresses.url
    where web_addresses.detection_method is not null

),

by_label as (

    select
        labels.record_id,
        labels.booking_engine,
        cast(null as varchar) as engine_property_id,
        case when web_addresses.domain_kind in ('own', 'engine') and not web_addresses.is_asset
            then web_addresses.canonical_url
        end as booking_url,
        case when web_addresses.url is null then 'label' else 'label_own_site' end
            as detection_method,
        3 as preference,
    from labels
    inner join source_records using (record_id)
    left join web_addresses
        on source_records.booking_url_found = web_addresses.url

),

-- A booking address without any of our hosts still says that somebody looked.
by_other_url as (

    select
        source_records.record_id,
        cast(null as varchar) as booking_engine,
        cast(null as varchar) as engine_property_id,
        web_addresses.canonical_url as booking_url,
        'unknown_host' as detection_method,
        4 as preference,
    from source_records
    inner join web_addresses
        on source_records.booking_url_found = web_addresses.url
    where web_addresses.detection_method is null

),

found as (

    select * from by_booking_url
    union all
    select * from by_website
    union all
    select * from by_label
    union all
    select * from by_other_url

),

final as (

    select
        found.record_id,
        known_booking_engines.booking_engine_id,
        found.booking_engine,
        coalesce(
            known_booking_engines.tier,
            case when found.detection_method = 'chain_domain' then 0 end
        ) as tier,
        known_booking_engines.category as engine_category,
        found.booking_url,
        found.engine_property_id,
        found.detection_method,
        coalesce(engine_evidence.evidence, 0) as evidence,
    from found
    left join known_booking_engines using (booking_engine)
    left join engine_evidence using (detection_method)
    qualify row_number() over (
        partition by found.record_id
        order by
            coalesce(engine_evidence.evidence, 0) desc,
            known_booking_engines.tier desc nulls last,
            found.preference
    ) = 1

)

select * from final
