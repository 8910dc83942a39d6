with

source_records as (

    select * from {{ ref('source_records') }}

),

public_suffixes as (

    select * from {{ ref('public_suffixes') }}

),

shared_domains as (

    select * from {{ ref('shared_domains') }}

),

booking_engine_hosts as (

    select * from {{ ref('booking_engine_hosts') }}

),

known_booking_engines as (

    select * from {{ ref('known_booking_engines') }}

),

not_booking_engines as (

    select * from {{ ref('not_booking_engines') }}

),

urls as (

    -- One address stands in many records, as website or as booking address.
    select website_found as url from source_records where website_found is not null
    union
    select booking_url_found as url from source_records where booking_url_found is not null

),

taken_apart as (

    select
        url,
        {{ url_host('url') }} as host,
        {{ url_path('url') }} as path,
        {{ kept_query(url_query('url')) }} as query,
        regexp_extract(lower(url), '^(https?)://', 1) as scheme,
        -- Some engines keep the property behind the fragment or among dropped parameters.
        {{ url_host('url') }} || regexp_extract(url, '^[A-Za-z]+://[^/?#]+(.*)$', 1) as address,
    from urls

),

domains as (

    select
        taken_apart.*,
        {{ registrable_domain('taken_apart.host', 'public_suffixes.suffix is not null') }}
            as domain,
    from taken_apart
    left join public_suffixes
        on {{ last_labels('taken_apart.host', 2) }} = public_suffixes.suffix

),

host_endings as (

    select
        url,
        address,
        unnest([{{ last_labels('host', 2) }}, {{ last_labels('host', 3) }}]) as ending,
    from domains

),

-- Hosts match on label borders: hotels.cloudbeds.com is cloudbeds.com, mycloudbeds.com is not.
host_matches as (

    select
        host_endings.url,
        booking_engine_hosts.host,
        booking_engine_hosts.booking_engine,
        booking_engine_hosts.property_id_pattern,
        nullif(
            regexp_extract(host_endings.address, booking_engine_hosts.property_id_pattern, 1), ''
        ) as engine_property_id,
    from host_endings
    inner join booking_engine_hosts
        on host_endings.ending = booking_engine_hosts.host

),

engine_matches as (

    select
        host_matches.url,
        host_matches.booking_engine,
        host_matches.property_id_pattern,
        host_matches.engine_property_id,
        known_booking_engines.booking_engine_id,
        known_booking_engines.tier,
        known_booking_engines.category,
    from host_matches
    inner join known_booking_engines using (booking_engine)
    qualify row_number() over (
        partition by host_matches.url
        order by
            length(host_matches.host) desc,
            host_matches.engine_property_id nulls last,
            host_matches.property_id_pattern
    ) = 1

),

judged as (

    select
        domains.*,
        engine_matches.booking_engine,
        engine_matches.booking_engine_id,
        engine_matches.tier,
        engine_matches.category as engine_category,
        engine_matches.engine_property_id,
        engine_matches.property_id_pattern,
        not_booking_engines.reason as not_an_engine,
        shared_domains.kind as shared_kind,
        shared_domains.owner as shared_owner,
        regexp_matches(
            domains.path,
            '\.(js|css|png|jpe?g|gif|svg|webp|ico|woff2?|json|xml|pdf|mp4)$'
            || '|gift-?(cards?|certificates?|vouchers?)',
            'i'
        ) as is_asset,
    from domains
    left join engine_matches using (url)
    left join shared_domains
        on domains.domain = shared_domains.domain
    left join not_booking_engines
        on domains.domain = not_booking_engines.host

),

final as (

    select
        url,
        scheme || '://' || host
            || case when path = '' then '/' else path end
            || coalesce('?' || nullif(query, ''), '') as canonical_url,
        host,
        domain,
        nullif(regexp_replace(lower(path), '/+$', ''), '') as path,
        case
            when shared_kind is not null then shared_kind
            when tier = 0 then engine_category
            when booking_engine is not null then 'engine'
            when not_an_engine is not null then 'tool'
            else 'own'
        end as domain_kind,
        shared_owner as domain_owner,
        booking_engine,
        booking_engine_id,
        tier,
        engine_category,
        is_asset,
        case when tier > 0 and not is_asset then engine_property_id end as engine_property_id,
        case
            when booking_engine is null and shared_kind in ('chain', 'ota') then 'chain_domain'
            when booking_engine is null then null
            when is_asset then 'asset'
            when tier = 0 then 'chain_domain'
            when engine_property_id is not null then 'url_property'
            when property_id_pattern is null
                and (
                    length(path) > 1
                    or len(string_split(host, '.')) > len(string_split(domain, '.'))
                )
                and not starts_with(host, 'www.')
                then 'url_host'
            else 'engine_host_without_property'
        end as detection_method,
    from judged

)

select * from final
