{% macro clean_text(text) -%}
    {#- Entities decoded, control characters and doubled spaces out, "n/a" and the like null. -#}
    nullif(regexp_replace(
        trim(regexp_replace(
            {{ decode_entities(text) }}, '[\x00-\x1f\x7f\x{a0}\x{200b}\x{feff}\s]+', ' ', 'g'
        )),
        '^(-+|\.+|n/?a|none|null|nil|unknown|undefined|nan|tbd|\?+)$', '', 'i'
    ), '')
{%- endmacro %}


{% macro decode_entities(text) -%}
    {#- The entities that lead files carry; a doubly encoded &amp;amp; loses one layer. -#}
    replace(replace(replace(replace(replace(replace(replace(replace(
        {{ text }},
        '&nbsp;', ' '), '&#160;', ' '), '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&#39;', ''''),
        '&#x27;', ''''), '&amp;', '&')
{%- endmacro %}


{% macro fold(text) -%}
    {#- Lower case without accents, `&` and `+` as a word, apostrophes closed up, else spaces. -#}
    nullif(trim(regexp_replace(
        replace(replace(
            regexp_replace(lower(strip_accents({{ text }})), '[''’‘ʻʼ`´.]', '', 'g'),
            '&', ' and '), '+', ' and '),
        '[^\pL\pN]+', ' ', 'g'
    )), '')
{%- endmacro %}


{% macro tokens(folded) -%}
    {#- Words of a folded text, in order; an empty list for null. -#}
    coalesce(string_split({{ folded }}, ' '), cast([] as varchar[]))
{%- endmacro %}


{% macro title_case(text, shortest=4) -%}
    {#- Registers write in capitals: THE SEASIDE INN & SUITES. Mixed case stays as found. -#}
    {%- set small = "a|an|and|at|by|de|for|in|of|on|the|to" -%}
    {%- set large = "llc|rv|ii|iii|iv|b&b|usa|us|sw|se|nw|ne|bw" -%}
    {%- set capitals = "[A-Z]{" ~ shortest ~ ",}" -%}
    case
        when {{ text }} = upper({{ text }}) and regexp_matches({{ text }}, '{{ capitals }}')
            then array_to_string(list_transform(
                string_split(lower({{ text }}), ' '),
                lambda word, position: case
                    when position > 1 and regexp_full_match(word, '{{ small }}') then word
                    when regexp_full_match(word, '{{ large }}') then upper(word)
                    else array_to_string(list_transform(
                        string_split(word, '-'),
                        lambda part: upper(left(part, 1)) || substr(part, 2)
                    ), '-')
                end
            ), ' ')
        else {{ text }}
    end
{%- endmacro %}


{% macro slug(text) -%}
    replace({{ fold(text) }}, ' ', '-')
{%- endmacro %}


{% macro first_tag() -%}
    {#- The first of several OpenStreetMap tags that is filled. -#}
    coalesce(
        {%- for name in varargs %}tags['{{ name }}']{{ ', ' if not loop.last }}{% endfor -%}
    )
{%- endmacro %}
