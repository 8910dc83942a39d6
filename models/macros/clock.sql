{% macro run_date() -%}
    cast('{{ var("run_date") }}' as date)
{%- endmacro %}


{% macro utc(timestamp) -%}
    {#- A time with zone as plain UTC, whatever the session's zone is. -#}
    make_timestamp(epoch_us({{ timestamp }}))
{%- endmacro %}


{#- The day a source was asked, as a timestamp: in which order a night's answers came in decides nothing. -#}
{% macro observed_on(fetched_at) -%}
    cast(date_trunc('day', {{ fetched_at }}) as timestamp)
{%- endmacro %}
