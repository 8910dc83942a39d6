with

names as (

    select * from {{ source('abn_lookup', 'names') }}

),

-- A question's newest answer counts, and nothing found is an answer.
newest as (

    select *
    from names
    where outcome in ('ok', 'empty')
    qualify row_number() over (
        partition by request_key
        order by fetched_at desc, run_id desc
    ) = 1

),

records as (

    select
        request_key,
        unnest({{ xml_elements('response', 'searchResultsRecord') }}) as record,
        source_url,
        {{ utc('fetched_at') }} as fetched_utc_at,
    from newest

),

named as (

    select
        *,
        {{ xml_value('record', 'identifierValue') }} as abn,
        regexp_extract(
            record,
            '<(?:[\w.-]+:)?(mainName|mainTradingName|otherTradingName|businessName|legalName'
            || '|dgrFundName)[\s>]',
            1
        ) as name_kind,
        coalesce(
            {{ xml_value('record', 'organisationName') }},
            {{ xml_value('record', 'fullName') }}
        ) as name,
    from records

),

final as (

    select
        request_key || ' ' || abn || ' ' || name_kind || ' ' || name as abn_lookup_name_id,
        request_key,
        abn,
        name,
        name_kind,
        try_cast({{ xml_value('record', 'score') }} as integer) as score,
        lower({{ xml_value('record', 'identifierStatus') }}) as status,
        upper({{ xml_value('record', 'stateCode') }}) as state,
        {{ xml_value('record', 'postcode') }} as postcode,
        source_url as _source_url,
        fetched_utc_at as _fetched_at,
    from named
    where abn is not null
        and name is not null
    qualify row_number() over (
        partition by request_key, abn, name_kind, name
        order by score desc nulls last, record
    ) = 1

)

select * from final
