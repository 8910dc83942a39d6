with

golden_hotels as (

    select * from {{ ref('golden_hotels') }}

),

hotel_records as (

    select * from {{ ref('hotel_records') }}

),

source_records as (

    select * from {{ ref('source_records') }}

),

hotel_clusters as (

    select * from {{ source('match', 'hotel_clusters') }}

),

brands as (

    select * from {{ ref('brands') }}

),

shared_domains as (

    select * from {{ ref('shared_domains') }}

),

brand_parents as (

    select
        brand,
        max(parent) as parent,
        bool_or(is_soft) as is_soft,
    from brands
    group by brand

),

record_brands as (

    select
        hotel_clusters.hotel_id,
        hotel_records.brand,
        count(*) as count_records,
    from hotel_clusters
    inner join hotel_records using (record_id)
    where hotel_records.brand is not null
    group by hotel_clusters.hotel_id, hotel_records.brand
    qualify row_number() over (
        partition by hotel_clusters.hotel_id
        order by count_records desc, hotel_records.brand
    ) = 1

),

operators as (

    select
        hotel_clusters.hotel_id,
        min(source_records.operator) as operator,
    from hotel_clusters
    inner join source_records using (record_id)
    where source_records.operator is not null
    group by hotel_clusters.hotel_id

),

-- Four hotels or more on one domain have one company behind them.
groups as (

    select
        domain,
        count(*) as count_hotels,
    from golden_hotels
    where domain is not null
    group by domain
    having count(*) >= 4

),

judged as (

    select
        golden_hotels.hotel_id,
        record_brands.brand,
        coalesce(
            brand_parents.parent,
            case when golden_hotels.website_kind = 'chain' then shared_domains.owner end
        ) as parent,
        operators.operator,
        coalesce(brand_parents.is_soft, false) as is_soft_brand,
        golden_hotels.website_kind,
        golden_hotels.domain,
        groups.count_hotels as count_hotels_on_domain,
    from golden_hotels
    left join record_brands using (hotel_id)
    left join brand_parents
        on record_brands.brand = brand_parents.brand
    left join shared_domains
        on golden_hotels.website_domain = shared_domains.domain
    left join operators
        on golden_hotels.hotel_id = operators.hotel_id
    left join groups
        on golden_hotels.domain = groups.domain

),

final as (

    select
        hotel_id,
        brand,
        parent,
        operator,
        case
            when parent is not null
                and contains({{ fold('operator') }}, {{ fold('parent') }})
                then 'chain_managed'
            when parent is not null then 'franchise'
            when count_hotels_on_domain is not null then 'management_company'
            when domain is not null then 'independent'
            else 'unknown'
        end as ownership_type,
        coalesce(count_hotels_on_domain, 0) as count_hotels_on_domain,
        is_soft_brand,
    from judged

)

select * from final
