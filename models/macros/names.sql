{% macro person_words(text) -%}
    {#- Parts between commas, each a list of words: "Dr. Smith, John A." in two. -#}
    list_transform(
        string_split(
            regexp_replace({{ text }}, '\([^)]*\)|"[^"]*"|[*;:]', ' ', 'g'), ','
        ),
        lambda part: list_filter(string_split(trim(part), ' '), lambda word: word != '')
    )
{%- endmacro %}


{% macro name_word(word) -%}
    {#- A word as the list of titles, degrees and generations spells it: "Ph.D." is ph.d. -#}
    rtrim(lower({{ word }}), '.')
{%- endmacro %}


{% macro bare_parts(parts, kinds) -%}
    {#- The same without titles, degrees and generations; a part of nothing else is gone. -#}
    list_filter(
        list_transform(
            {{ parts }},
            lambda part: list_filter(
                part, lambda word: {{ kinds }}[{{ name_word('word') }}] is null
            )
        ),
        lambda part: len(part) > 0
    )
{%- endmacro %}


{% macro words_of_kind(parts, kinds, kind) -%}
    {#- What stood there of one kind, as found: "Jr." -#}
    list_filter(
        flatten({{ parts }}), lambda word: {{ kinds }}[{{ name_word('word') }}] = '{{ kind }}'
    )
{%- endmacro %}


{% macro name_particles() -%}
    van|von|de|der|den|del|della|di|da|do|dos|das|du|la|le|el|bin|ibn|ter|ten|st
{%- endmacro %}


{% macro family_start(words) -%}
    {#- Where the family name begins in a name that ends with it: at the first of its particles. -#}
    (
        len({{ words }}) - len(list_filter(
            range(1, len({{ words }})),
            lambda steps: steps < len({{ words }}) - 1
                and len(list_filter(
                    {{ words }}[len({{ words }}) - steps:len({{ words }}) - 1],
                    lambda word: not regexp_full_match(
                        {{ name_word('word') }}, '{{ name_particles() }}'
                    )
                )) = 0
        ))
    )
{%- endmacro %}


{% macro family_end(words) -%}
    {#- Where it ends in a name that begins with it: "DE LA CRUZ MARIA". -#}
    (
        1 + len(list_filter(
            range(1, len({{ words }})),
            lambda steps: steps < len({{ words }}) - 1
                and len(list_filter(
                    {{ words }}[1:steps],
                    lambda word: not regexp_full_match(
                        {{ name_word('word') }}, '{{ name_particles() }}'
                    )
                )) = 0
        ))
    )
{%- endmacro %}


{% macro is_plausible_person(name, words) -%}
    {#- Two to four words of letters, four letters in all: no "Front Desk 2", no "J S". -#}
    (
        len({{ words }}) between 1 and 4
        and length(regexp_replace({{ name }}, '[^\pL]', '', 'g')) >= 4
        and not regexp_matches({{ name }}, '[^\pL\pM .''’‘-]')
    )
{%- endmacro %}


{% macro legal_name(text) -%}
    {#- Without what stands before or after the name of a company: "C/O …", "… DBA …". -#}
    trim(regexp_replace(
        regexp_replace(
            regexp_replace(
                {{ text }},
                '[\s,]+(d[./]?b[./]?a|t[./]a|c[./]o|trading as|doing business as|attn)\b\.?:?\s.*$',
                '', 'i'
            ),
            '^(the )?trustees? (for|of) (the )?', '', 'i'
        ),
        '[\s,]+an? [a-z ]+ (limited liability company|corporation|limited partnership)$', '', 'i'
    ), ' ,')
{%- endmacro %}


{% macro trading_name(text) -%}
    {#- What stands after "doing business as". -#}
    nullif(trim(regexp_extract(
        {{ text }},
        '(?i)[\s,]+(?:d[./]?b[./]?a|t[./]a|trading as|doing business as)\b\.?:?\s+(.+)$', 1
    )), '')
{%- endmacro %}


{% macro legal_form_of(folded, forms) -%}
    {#- The longest legal form at the end of a folded name; `forms` are structs, longest first. -#}
    list_filter({{ forms }}, lambda form: ends_with(' ' || {{ folded }}, ' ' || form.form))[1]
{%- endmacro %}


{% macro mailbox_fits(mailbox, given, family) -%}
    {#- Is the mailbox made of the name? A mail belongs to a person by its name only. -#}
    coalesce(
        (length({{ family }}) >= 3 and contains({{ mailbox }}, {{ family }}))
        or (length({{ given }}) >= 3 and {{ mailbox }} in (
            {{ given }},
            {{ given }} || left({{ family }}, 1),
            left({{ family }}, 1) || {{ given }}
        )),
        false
    )
{%- endmacro %}
