{% macro xml_elements(xml, name) -%}
    {#- Elements of a name as texts, in the order of the document, whatever their prefix. -#}
    {%- set open = '<(?:[\\w.-]+:)?' ~ name ~ '(?:\\s[^>]*)?>' -%}
    {%- set close = '</(?:[\\w.-]+:)?' ~ name ~ '>' -%}
    regexp_extract_all({{ xml }}, '{{ open }}.*?{{ close }}', 0, 's')
{%- endmacro %}


{% macro xml_value(xml, name) -%}
    {#- The text of the first element of a name; null where there is none or it is empty. -#}
    {{ clean_text("replace(regexp_extract(" ~ xml ~ ", '<(?:[\\w.-]+:)?" ~ name
        ~ "(?:\\s[^>]*)?>([^<]*)<', 1), '&apos;', '''')") }}
{%- endmacro %}
