{% macro run_date() -%}
    cast('{{ var("run_date") }}' as date)
{%- endmacro %}


{% macro utc(timestamp) -%}
    {#- A time with zone as plain UTC, whatever the session's zone is. -#}
    make_timestamp(epoch_us({{ timestamp }}))
{%- endmacro %}
