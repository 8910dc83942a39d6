{% macro newest_pages() -%}
    {#- Of a page that was captured several times, the newest whole one. -#}
select
    * exclude (captured_at),
    {{ url_host('url') }} as full_host,
    coalesce(try_cast(captured_at as timestamp), {{ utc('fetched_at') }}) as captured_utc_at,
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
        captured_utc_at desc,
        fetched_at desc,
        run_id desc,
        warc_filename,
        warc_record_offset
) = 1
{%- endmacro %}
