{% macro generate_schema_name(custom_schema_name, node) -%}
    {#- A folder's name is its schema, without the target's prefix. -#}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
