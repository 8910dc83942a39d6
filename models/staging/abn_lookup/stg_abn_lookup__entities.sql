with

entities as (

    select * from {{ source('abn_lookup', 'entities') }}

),

newest as (

    select *
    from entities
    where outcome in ('ok', 'empty')
    qualify row_number() over (
        partition by request_key
        order by fetched_at desc, run_id desc
    ) = 1

),

parsed as (

    select
        *,
        {{ xml_elements('response', 'ABN') }}[1] as number,
        {{ xml_elements('response', 'legalName') }}[1] as person,
        {{ xml_elements('response', 'mainName') }}[1] as main,
        {{ xml_elements('response', 'mainBusinessPhysicalAddress') }}[1] as address,
        {{ xml_elements('response', 'entityStatus') }}[1] as entity_status,
        list_concat(
            {{ elements_as_names('businessName', 'BN') }},
            {{ elements_as_names('mainTradingName', 'TRD') }},
            {{ elements_as_names('otherTradingName', 'OTN') }}
        ) as names,
    from newest
    where outcome = 'ok'

),

final as (

    select
        {{ xml_value('number', 'identifierValue') }} as abn,
        {{ xml_value('response', 'ASICNumber') }} as acn,
        coalesce(
            {{ xml_value('main', 'organisationName') }},
            nullif(concat_ws(
                ' ',
                {{ xml_value('person', 'givenName') }},
                {{ xml_value('person', 'otherGivenName') }},
                {{ xml_value('person', 'familyName') }}
            ), '')
        ) as legal_name,
        nullif(concat_ws(
            ' ',
            {{ xml_value('person', 'givenName') }},
            {{ xml_value('person', 'otherGivenName') }}
        ), '') as given_names,
        {{ xml_value('person', 'familyName') }} as family_name,
        {{ names_of_type('BN') }} as business_names,
        {{ names_of_type('TRD') }} as trading_names,
        {{ names_of_type('OTN') }} as other_names,
        {{ xml_value('response', 'entityTypeCode') }} as entity_type_code,
        {{ xml_value('response', 'entityDescription') }} as entity_type,
        coalesce({{ xml_value('response', 'entityTypeCode') }} = 'IND', false) as is_individual,
        lower({{ xml_value('entity_status', 'entityStatusCode') }}) as status,
        contains(response, 'goodsAndServicesTax>') as is_gst_registered,
        upper({{ xml_value('address', 'stateCode') }}) as state,
        {{ xml_value('address', 'postcode') }} as postcode,
        try_cast({{ xml_value('entity_status', 'effectiveFrom') }} as date) as registered_on,
        try_cast({{ xml_value('response', 'recordLastUpdatedDate') }} as date) as updated_on,
        source_url as _source_url,
        {{ utc('fetched_at') }} as _fetched_at,
    from parsed
    where {{ xml_value('number', 'identifierValue') }} is not null
    -- A number that was replaced answers with its successor.
    qualify row_number() over (
        partition by {{ xml_value('number', 'identifierValue') }}
        order by fetched_at desc, request_key
    ) = 1

)

select * from final
