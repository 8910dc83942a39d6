with

party_mentions as (

    select * from {{ ref('party_mentions') }}

),

party_names as (

    select * from {{ ref('party_names') }}

),


final as (

    select
        party_mentions.party_mention_id as record_id,
        party_mentions.source,
        party_mentions.role,
        party_mentions.hotel_record_id,
        party_mentions.hotel_id,
        party_names.legal_name,
        party_names.name_core,
        party_names.name_tokens,
        party_names.legal_form,
        party_names.trade_key,
        party_names.number_key,
        list_filter(
            list_append(
                coalesce(party_mentions.trading_names, cast([] as varchar[])),
                party_names.trading_name
            ),
            lambda name: name is not null
        ) as trading_names,
        party_mentions.registration_number,
        party_mentions.registered_by,
        party_mentions.abn,
        party_mentions.acn,
        party_mentions.phone,
        -- One company has one letter box: street and place together, or neither.
        case
            when party_mentions.zip_code is not null
                then {{ fold('party_mentions.street') }} || ', ' || party_mentions.zip_code
        end as address_key,
        party_mentions.city_key,
        party_mentions.state,
        party_mentions.country,
        party_mentions.is_active,
        party_mentions.source_url,
        party_mentions.observed_at,
    from party_mentions
    inner join party_names using (name_found, name_order, is_person_known)
    where party_names.kind = 'organization'
        and party_names.name_core is not null

)

select * from final
