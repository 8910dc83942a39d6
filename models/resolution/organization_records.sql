with

party_mentions as (

    select * from {{ ref('party_mentions') }}

),

party_names as (

    select * from {{ ref('party_names') }}

),


named as (

    select
        party_mentions.*,
        party_names.* exclude (name_found, name_order, known_kind),
    from party_mentions
    inner join party_names using (name_found, name_order, known_kind)
    where party_names.kind = 'organization'
        and party_names.name_core is not null

),

-- A map leaves the legal form out; the register's name for the same house has it.
house_forms as (

    select
        hotel_id,
        name_core,
        min(legal_form) as legal_form,
    from named
    where hotel_id is not null
    group by hotel_id, name_core
    having count(distinct legal_form) = 1

),

final as (

    select
        named.party_mention_id as record_id,
        named.source,
        named.role,
        named.hotel_record_id,
        named.hotel_id,
        named.legal_name,
        named.name_core,
        named.name_tokens,
        coalesce(named.legal_form, house_forms.legal_form) as legal_form,
        named.trade_key,
        named.number_key,
        list_filter(
            list_append(
                coalesce(named.trading_names, cast([] as varchar[])),
                named.trading_name
            ),
            lambda name: name is not null
        ) as trading_names,
        named.registration_number,
        named.registered_by,
        named.abn,
        named.acn,
        named.phone,
        -- One company has one letter box: street and place together, or neither.
        case
            when named.zip_code is not null
                then {{ fold('named.street') }} || ', ' || named.zip_code
        end as address_key,
        named.city_key,
        named.state,
        named.country,
        named.is_active,
        named.source_url,
        named.observed_at,
    from named
    left join house_forms
        on named.hotel_id = house_forms.hotel_id
        and named.name_core = house_forms.name_core

)

select * from final
