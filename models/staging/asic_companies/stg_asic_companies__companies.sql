with

companies as (

    select * from {{ source('asic_companies', 'companies') }}

),

confirmed as (

    {{ newest_answers('companies', by='request_key', record='acn') }}

),

-- One row a name: `Y` marks the current one, the others are former names and carry the current one.
names as (

    select
        *,
        trim(acn) as company_number,
        coalesce(trim(current_name_indicator) = 'Y', false) as is_current,
    from confirmed
    where run_id = newest_run_id
        and regexp_full_match(trim(acn), '\d{9}')

),

latest as (

    select
        *,
        list(
            case when not is_current then {{ clean_text('company_name') }} end
            order by company_name
        ) over (partition by company_number) as every_former_name,
    from names
    qualify row_number() over (
        partition by company_number
        order by
            is_current desc,
            try_strptime(current_name_start_date, '%d/%m/%Y') desc nulls last,
            company_name
    ) = 1

),

final as (

    select
        company_number as acn,
        nullif(nullif(trim(abn), ''), '0') as abn,
        {{ clean_text('case when is_current then company_name else current_name end') }}
            as legal_name,
        list_distinct(list_filter(every_former_name, lambda name: name is not null))
            as former_names,
        upper({{ clean_text('type') }}) as entity_type_code,
        upper({{ clean_text('class') }}) as class_code,
        upper({{ clean_text('sub_class') }}) as sub_class_code,
        case upper(trim(company_status))
            when 'REGD' then 'registered'
            when 'DRGD' then 'deregistered'
            when 'EXAD' then 'external_administration'
            when 'SOFF' then 'strike_off'
            else lower(trim(company_status))
        end as status,
        upper({{ clean_text('previous_state_of_registration') }}) as state,
        cast(try_strptime(date_of_registration, '%d/%m/%Y') as date) as registered_on,
        cast(try_strptime(date_of_deregistration, '%d/%m/%Y') as date) as deregistered_on,
        source_url as _source_url,
        confirmed_at as _fetched_at,
    from latest

)

select * from final
