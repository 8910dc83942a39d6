{% macro valid_latitude(latitude, longitude) -%}
    {#- Null island, one coordinate without the other and values off the globe are no place. -#}
    case
        when {{ latitude }} between -90 and 90 and {{ longitude }} between -180 and 180
            and not (abs({{ latitude }}) < 0.01 and abs({{ longitude }}) < 0.01)
            then {{ latitude }}
        when {{ is_swapped(latitude, longitude) }} then {{ longitude }}
    end
{%- endmacro %}


{% macro valid_longitude(latitude, longitude) -%}
    case
        when {{ latitude }} between -90 and 90 and {{ longitude }} between -180 and 180
            and not (abs({{ latitude }}) < 0.01 and abs({{ longitude }}) < 0.01)
            then {{ longitude }}
        when {{ is_swapped(latitude, longitude) }} then {{ latitude }}
    end
{%- endmacro %}


{% macro is_swapped(latitude, longitude) -%}
    {#- -122.3 / 47.6: a latitude off the globe that makes sense the other way round. -#}
    abs({{ latitude }}) between 90 and 180 and abs({{ longitude }}) < 90
{%- endmacro %}


{% macro distance_km(latitude, longitude, other_latitude, other_longitude) -%}
    {#- Great circle, mean Earth radius 6371.0088 km. -#}
    2 * 6371.0088 * asin(sqrt(least(1.0,
        pow(sin(radians({{ other_latitude }} - {{ latitude }}) / 2), 2)
        + cos(radians({{ latitude }})) * cos(radians({{ other_latitude }}))
        * pow(sin(radians({{ other_longitude }} - {{ longitude }}) / 2), 2)
    )))
{%- endmacro %}
