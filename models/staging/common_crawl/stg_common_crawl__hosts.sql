with

index_rows as (

    select * from {{ source('common_crawl', 'index') }}

),

-- A part of the index may have been read more than once: the same capture counts once.
captures as (

    select
        lower(regexp_replace(url_host_name, '^www\.', '')) as host,
        *,
    from index_rows
    where warc_filename is not null
    qualify row_number() over (
        partition by warc_filename, warc_record_offset
        order by fetched_at desc, run_id desc, page_rank
    ) = 1

),

final as (

    select
        host,
        min(url_host_registered_domain) as registered_domain,
        count(*) as count_captures,
        count(*) filter (where page_rank is not null) as count_ranked_captures,
        count(distinct regexp_extract(warc_filename, '^crawl-data/([^/]+)/', 1)) as count_crawls,
        min(try_cast(fetch_time as timestamp)) as first_captured_at,
        max(try_cast(fetch_time as timestamp)) as last_captured_at,
        max({{ utc('fetched_at') }}) as _fetched_at,
    from captures
    group by host

)

select * from final
