{% macro absolute_url(url) -%}
    {#- A web address with its scheme, or null: "Example.com/a" → "https://Example.com/a". -#}
    {%- set with_scheme = '^https?://[^\\s/?#@]+\\.[a-z]{2,}\\.?(:[0-9]+)?([/?#]|$)' -%}
    {%- set without_scheme = '^(//)?[a-z0-9][a-z0-9.-]*\\.[a-z]{2,}(:[0-9]+)?([/?#]\\S*)?$' -%}
    case
        when regexp_matches(trim({{ url }}), '{{ with_scheme }}', 'i') then trim({{ url }})
        when regexp_matches(trim({{ url }}), '{{ without_scheme }}', 'i')
            then 'https://' || regexp_replace(trim({{ url }}), '^//', '')
    end
{%- endmacro %}


{% macro url_host(url) -%}
    {#- Host of an absolute address, lower case, without port and final dot. -#}
    lower(regexp_extract({{ url }}, '^[A-Za-z]+://([^/?#:]+?)\.?(?::\d+)?(?:[/?#]|$)', 1))
{%- endmacro %}


{% macro url_path(url) -%}
    regexp_extract({{ url }}, '^[A-Za-z]+://[^/?#]+([^?#]*)', 1)
{%- endmacro %}


{% macro url_query(url) -%}
    regexp_extract({{ url }}, '^[^?#]*\?([^#]*)', 1)
{%- endmacro %}


{% macro kept_query(query) -%}
    {#- Parameters that name a page; campaigns, click ids, dates and party sizes name a visit. -#}
    array_to_string(list_filter(
        string_split({{ query }}, '&'),
        lambda parameter: parameter != '' and not regexp_matches(
            parameter,
            '^(utm_\w+|[a-z]*clid|gclsrc|_ga|_gl|mc_\w+|y_source|ref|channel|scid|cid|token|sid'
            || '|check_?-?(in|out)(date)?|arrive|arrival(date)?|depart|departure(date)?'
            || '|date(in|out|s)?|(start|end)_?date|nights?|adults?|child(ren)?|rooms|guests?'
            || '|items.*|currency|locale|lang|language|trackpage|j?sessionid)(=|$)',
            'i'
        )
    ), '&')
{%- endmacro %}


{% macro registrable_domain(host, is_suffix) -%}
    {#- `is_suffix` says that the last two labels are one public suffix: inn.com.au, inn.co.uk. -#}
    case
        when regexp_matches({{ host }}, '^[0-9.]+$') then null
        when {{ is_suffix }} then nullif(regexp_extract({{ host }}, '[^.]+\.[^.]+\.[^.]+$'), '')
        else nullif(regexp_extract({{ host }}, '[^.]+\.[^.]+$'), '')
    end
{%- endmacro %}


{% macro last_labels(host, count_labels) -%}
    {#- The last labels of a host, for joins on label borders. -#}
    array_to_string(list_slice(string_split({{ host }}, '.'), -{{ count_labels }}, -1), '.')
{%- endmacro %}
