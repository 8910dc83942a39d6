with

pages as (

    select * from {{ source('common_crawl', 'pages') }}

),

newest as (

    {{ newest_pages() }}

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
