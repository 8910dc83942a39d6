with

licences as (

    select * from {{ source('florida_dbpr', 'licences') }}

),

filings as (

    select * from {{ source('texas_hotel_tax', 'filings') }}

),

answers as (

    select * from {{ source('openstreetmap', 'answers') }}

),

map_answers as (

    select * from {{ source('google_maps', 'answers') }}

),

socrata_rows as (

    select * from {{ source('socrata', 'rows') }}

),

arcgis_rows as (

    select * from {{ source('arcgis', 'rows') }}

),

ckan_rows as (

    select * from {{ source('ckan', 'rows') }}

),

list_rows as (

    select * from {{ source('file_import', 'rows') }}

),

freshness as (

    select * from {{ ref('freshness') }}

),

runs as (

    select * from {{ source('ops', 'runs') }}

),

steps as (

    select * from {{ source('ops', 'steps') }}

),

landed as (

    select
        'florida_dbpr' as source,
        run_id,
        request_key,
        outcome,
        {{ utc('fetched_at') }} as fetched_at,
        license_number is not null as is_record,
    from licences
    union all
    select
        'texas_hotel_tax' as source,
        run_id,
        request_key,
        outcome,
        {{ utc('fetched_at') }} as fetched_at,
        location_number is not null as is_record,
    from filings
    union all
    select
        'openstreetmap' as source,
        run_id,
        request_key,
        outcome,
        {{ utc('fetched_at') }} as fetched_at,
        response is not null as is_record,
    from answers
    union all
    select
        'google_maps' as source,
        run_id,
        request_key,
        outcome,
        {{ utc('fetched_at') }} as fetched_at,
        response is not null as is_record,
    from map_answers
    union all
    select
        'file_import' as source,
        run_id,
        request_key,
        outcome,
        {{ utc('fetched_at') }} as fetched_at,
        record is not null as is_record,
    from list_rows
    union all
    select
        'socrata' as source,
        run_id,
        request_key,
        outcome,
        {{ utc('fetched_at') }} as fetched_at,
        record is not null as is_record,
    from socrata_rows
    union all
    select
        'arcgis' as source,
        run_id,
        request_key,
        outcome,
        {{ utc('fetched_at') }} as fetched_at,
        record is not null as is_record,
    from arcgis_rows
    union all
    select
        'ckan' as source,
        run_id,
        request_key,
        outcome,
        {{ utc('fetched_at') }} as fetched_at,
        record is not null as is_record,
    from ckan_rows

),

-- A request is one key in one run, however many records it brought.
requests as (

    select
        source,
        run_id,
        request_key,
        max(outcome) as outcome,
        max(fetched_at) as fetched_at,
        count(*) filter (where is_record) as count_records,
    from landed
    group by source, run_id, request_key

),

sums as (

    select
        source,
        count(*) as count_requests,
        coalesce(sum(count_records), 0) as count_records,
        count(*) filter (where outcome in ('ok', 'empty')) as count_answers,
        count(*) filter (where outcome = 'retry') as count_retry,
        count(*) filter (where outcome = 'blocked') as count_blocked,
        count(*) filter (where outcome = 'fatal') as count_fatal,
        max(fetched_at) filter (where outcome in ('ok', 'empty')) as last_answer_at,
        max(fetched_at) as last_request_at,
    from requests
    group by source

),

-- The newest answer of each question: a failure that was answered later is none.
open_questions as (

    select
        source,
        request_key,
        outcome,
    from requests
    qualify row_number() over (
        partition by source, request_key
        order by fetched_at desc, run_id desc
    ) = 1

),

failing as (

    select
        source,
        count(*) as count_failing,
        count(*) filter (where outcome = 'blocked') as count_failing_blocked,
    from open_questions
    where outcome not in ('ok', 'empty')
    group by source

),

last_steps as (

    select
        steps.name as source,
        steps.status as last_step_status,
        steps.error as last_step_error,
        steps.run_id as last_run_id,
    from steps
    inner join runs using (run_id)
    where steps.kind = 'extract'
    qualify row_number() over (
        partition by steps.name
        order by runs.started_at desc, steps.run_id desc, steps.step
    ) = 1

),

aged as (

    select
        freshness.source,
        freshness.window_days,
        last_steps.last_run_id,
        last_steps.last_step_status,
        last_steps.last_step_error,
        coalesce(sums.count_requests, 0) as count_requests,
        coalesce(sums.count_records, 0) as count_records,
        coalesce(sums.count_answers, 0) as count_answers,
        coalesce(sums.count_retry, 0) as count_retry,
        coalesce(sums.count_blocked, 0) as count_blocked,
        coalesce(sums.count_fatal, 0) as count_fatal,
        coalesce(failing.count_failing, 0) as count_failing,
        coalesce(failing.count_failing_blocked, 0) as count_failing_blocked,
        date_diff('day', cast(sums.last_answer_at as date), {{ run_date() }}) as age_days,
        sums.last_answer_at,
        sums.last_request_at,
    from freshness
    left join sums using (source)
    left join failing using (source)
    left join last_steps using (source)

),

final as (

    select
        source,
        case
            when count_requests = 0 then 'never asked'
            when last_answer_at is null then 'failing'
            when count_failing_blocked > 0 then 'blocked'
            when age_days > window_days then 'stale'
            when count_failing > 0 then 'partly failing'
            else 'healthy'
        end as status,
        last_run_id,
        last_step_status,
        last_step_error,
        count_requests,
        cast(count_records as bigint) as count_records,
        count_answers,
        count_retry,
        count_blocked,
        count_fatal,
        count_failing,
        age_days,
        window_days,
        last_answer_at,
        last_request_at,
    from aged

)

select * from final
order by source
