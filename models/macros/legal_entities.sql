{% macro names_of_type(type) -%}
    {#- Of `names`, as the business register sends them: BN since 2012, TRD before, OTN any other. -#}
    coalesce(list_distinct(list_transform(
        list_filter(names, lambda entry: entry.type = '{{ type }}' and trim(entry.name) != ''),
        lambda entry: trim(entry.name)
    )), cast([] as varchar[]))
{%- endmacro %}


{% macro is_abn(digits) -%}
    {#- Eleven digits that pass the register's checksum, which most typing errors fail. -#}
    (
        regexp_full_match({{ digits }}, '[1-9][0-9]{10}')
        and list_sum(list_transform(
            generate_series(1, 11),
            lambda place: (ord({{ digits }}[place]) - 48 - cast(place = 1 as integer))
                * [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19][place]
        )) % 89 = 0
    )
{%- endmacro %}


{% macro elements_as_names(element, type) -%}
    {#- Names of the web service in the shape of the extract's. -#}
    list_transform(
        {{ xml_elements('response', element) }},
        lambda found: {'type': '{{ type }}', 'name': {{ xml_value('found', 'organisationName') }}}
    )
{%- endmacro %}
