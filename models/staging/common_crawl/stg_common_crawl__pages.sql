with

pages as (

    select * from {{ source('common_crawl', 'pages') }}

),

-- Of a page that was captured several times, the newest whole one.
newest as (

    select
        *,
        {{ url_host('url') }} as full_host,
        try_cast(captured_at as timestamp) as captured_utc_at,
        {{ utc('fetched_at') }} as fetched_utc_at,
    from pages
    where outcome = 'ok'
        and url is not null
        and body is not null
        and http_status = '200'
    qualify row_number() over (
        partition by url
        order by
            problem is null desc,
            captured_utc_at desc nulls last,
            fetched_at desc,
            run_id desc,
            warc_filename,
            warc_record_offset
    ) = 1

),

final as (

    select
        url as page_url,
        regexp_replace(full_host, '^www\.', '') as host,
        page_kind,
        cast(page_rank as integer) as page_rank,
        {{ clean_text(
            "regexp_extract(body, '(?is)<title[^>]*>(.{1,500}?)</title>', 1)"
        ) }} as title,
        list_sort(list_distinct(list_transform(
            regexp_extract_all(
                body, '(?i)href\s*=\s*["'']mailto:([a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,})', 1
            ),
            lambda email: lower(email)
        ))) as emails,
        list_sort(list_distinct(
            regexp_extract_all(body, '(?i)href\s*=\s*["'']tel:([+0-9 ().-]{6,25})', 1)
        )) as phones,
        mime,
        charset,
        length(body) as count_characters,
        problem is not null or truncated is not null as is_truncated,
        captured_utc_at as captured_at,
        warc_filename,
        cast(warc_record_offset as bigint) as warc_record_offset,
        fetched_utc_at as _fetched_at,
    from newest

)

select * from final
