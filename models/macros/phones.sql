{% macro first_number(phones) -%}
    {#- The first of several, without extension: "(305) 555-0142 ext. 12; 305 555 0199". -#}
    regexp_replace(
        regexp_extract({{ phones }}, '^[^;,/|]*'), '\s*(ext|extension|x|#)[.: ]*\d+\s*$', '', 'i'
    )
{%- endmacro %}


{% macro second_number(phones) -%}
    {{ first_number("regexp_extract(" ~ phones ~ ", '^[^;,/|]*[;,/|]+([^;,/|]*)', 1)") }}
{%- endmacro %}


{% macro phone_digits(number) -%}
    {#- Digits of a number; the trunk zero of "+44 (0)20 …" is not dialled. -#}
    regexp_replace(replace({{ number }}, '(0)', ''), '[^0-9]', '', 'g')
{%- endmacro %}


{% macro is_international(number) -%}
    regexp_matches({{ number }}, '^[^0-9]*\+')
{%- endmacro %}


{% macro phone_e164(digits, is_international, country, calling_code) -%}
    {#- E.164 of a number read as its country writes it; null when it cannot be one. -#}
    case
        when regexp_matches({{ digits }}, '^0*$|^(1{7}|2{7}|3{7}|5{7}|9{7})|0{7}$') then null
        -- "+7865550142" of an American hotel lacks its 1; Russian numbers have eleven digits.
        when {{ calling_code }} = '1' and {{ digits }} similar to '[2-9][0-9]{2}[2-9][0-9]{6}'
            then '+1' || {{ digits }}
        when {{ is_international }} and {{ digits }} similar to '1[2-9][0-9]{2}[2-9][0-9]{6}'
            then '+' || {{ digits }}
        when {{ is_international }} and {{ digits }} similar to '[2-9][0-9]{7,14}'
            then '+' || {{ digits }}
        when {{ is_international }} then null
        when {{ digits }} similar to '(011|00)[1-9][0-9]{7,13}'
            then '+' || regexp_replace({{ digits }}, '^(011|00)', '')
        when {{ calling_code }} = '1' and {{ digits }} similar to '1[2-9][0-9]{2}[2-9][0-9]{6}'
            then '+' || {{ digits }}
        when {{ calling_code }} = '1' then null
        when {{ country }} = 'AU' and {{ digits }} similar to '(61)?(1[38]00[0-9]{6}|13[0-9]{4})'
            then '+61' || regexp_replace({{ digits }}, '^61', '')
        when {{ country }} = 'AU' and {{ digits }} similar to '(61|0)?[2-478][0-9]{8}'
            then '+61' || right({{ digits }}, 9)
        when {{ country }} = 'AU' then null
        when {{ digits }} similar to '0[1-9][0-9]{6,12}'
            then '+' || {{ calling_code }} || substr({{ digits }}, 2)
        when starts_with({{ digits }}, {{ calling_code }})
            and length({{ digits }}) between 10 and 15
            then '+' || {{ digits }}
        when {{ digits }} similar to '[1-9][0-9]{6,12}'
            then '+' || {{ calling_code }} || {{ digits }}
    end
{%- endmacro %}


{% macro is_toll_free(phone) -%}
    {#- North American 8xx and Australian 13, 1300, 1800: call centres, not front desks. -#}
    regexp_matches({{ phone }}, '^\+1(800|833|844|855|866|877|888)|^\+61(1[38]00|13)')
{%- endmacro %}
