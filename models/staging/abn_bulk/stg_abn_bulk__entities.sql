with

entities as (

    select * from {{ source('abn_bulk', 'entities') }}

),

confirmed as (

    {{ newest_answers('entities', by='request_key', record='abn') }}

),

latest as (

    select
        *,
        from_json(other_names, '[{"type": "VARCHAR", "name": "VARCHAR"}]') as names,
    from confirmed
    where run_id = newest_run_id
        and regexp_full_match(trim(abn), '\d{11}')
    qualify row_number() over (
        partition by trim(abn)
        order by record_last_updated desc nulls last, source_url
    ) = 1

),

final as (

    select
        trim(abn) as abn,
        nullif(trim(asic_number), '') as acn,
        coalesce(
            {{ clean_text('main_name') }},
            {{ clean_text("concat_ws(' ', given_names, family_name)") }}
        ) as legal_name,
        {{ clean_text('given_names') }} as given_names,
        {{ clean_text('family_name') }} as family_name,
        {{ names_of_type('BN') }} as business_names,
        {{ names_of_type('TRD') }} as trading_names,
        {{ names_of_type('OTN') }} as other_names,
        {{ clean_text('entity_type_code') }} as entity_type_code,
        {{ clean_text('entity_type') }} as entity_type,
        {{ clean_text('family_name') }} is not null as is_individual,
        case abn_status
            when 'ACT' then 'active'
            when 'CAN' then 'cancelled'
            else lower(abn_status)
        end as status,
        coalesce(gst_status = 'ACT', false) as is_gst_registered,
        upper({{ clean_text('state') }}) as state,
        {{ clean_text('postcode') }} as postcode,
        cast(try_strptime(abn_status_from, '%Y%m%d') as date) as registered_on,
        cast(try_strptime(record_last_updated, '%Y%m%d') as date) as updated_on,
        source_url as _source_url,
        confirmed_at as _fetched_at,
    from latest

)

select * from final
