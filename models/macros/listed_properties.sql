{% macro first_entry(names) -%}
    {#- The first of `entries`, columns of a row, with one of these names in any case. -#}
    {{ clean_text("list_filter(entries, lambda entry: lower(trim(entry.key)) in ('"
        ~ names | join("', '") ~ "'))[1].value") }}
{%- endmacro %}


{% macro name_of_slug(slug) -%}
    {#- "salt-heron-inn" is the Salt Heron Inn; "saltheroninn", codes and words of every booking page
        say nothing. SiteMinder's slugs end in "direct", those of ipms247 begin with "book-rooms". -#}
    case
        when regexp_full_match({{ bare_slug(slug) }}, '[a-z]+([-_][a-z]+)+')
            and length({{ bare_slug(slug) }}) >= 8
            and not regexp_matches(
                {{ bare_slug(slug) }},
                '(^|[-_])(book|booking|reserve|reservations?|search|availability|index|properties'
                || '|property|distributor|online|rates|checkout)([-_]|$)'
            )
            then array_to_string(list_transform(
                regexp_split_to_array({{ bare_slug(slug) }}, '[-_]'),
                lambda word: upper(word[1]) || word[2:]
            ), ' ')
    end
{%- endmacro %}


{% macro bare_slug(slug) -%}
    regexp_replace(regexp_replace(lower({{ slug }}), '^book-rooms-', ''), '[-_]?direct$', '')
{%- endmacro %}
