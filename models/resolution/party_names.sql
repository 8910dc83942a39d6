with

party_mentions as (

    select * from {{ ref('party_mentions') }}

),

person_name_words as (

    select * from {{ ref('person_name_words') }}

),

given_names as (

    select * from {{ ref('given_names') }}

),

entity_words as (

    select * from {{ ref('entity_words') }}

),

legal_forms as (

    select * from {{ ref('legal_forms') }}

),

company_words as (

    select * from {{ ref('company_words') }}

),

brands as (

    select * from {{ ref('brands') }}

),

role_local_parts as (

    select * from {{ ref('role_local_parts') }}

),

word_kinds as (

    select map_from_entries(list({'k': word, 'v': kind} order by word)) as kinds,
    from person_name_words

),

long_forms as (

    select
        map_from_entries(list({'k': given_name, 'v': long_form} order by given_name)) as longs,
        list(given_name order by given_name) filter (where not is_word) as sure_names,
    from given_names

),

entity_word_list as (

    select list(word order by word) as words,
    from entity_words

),

form_list as (

    select
        list(
            {'form': form, 'legal_form': legal_form} order by length(form) desc, form
        ) as forms,
        list(form order by form) as form_texts,
    from legal_forms

),

company_word_list as (

    select
        map_from_entries(list({'k': word, 'v': stands_for} order by word)) as stands_for,
        list(word order by word) filter (where is_trade) as trade_words,
    from company_words

),

brand_list as (

    select list(phrase order by phrase) as phrases,
    from brands

),

role_list as (

    select list(local_part order by local_part) as words,
    from role_local_parts

),

-- A name that many records hold is taken apart once.
names as (

    select
        name_found,
        name_order,
        known_kind,
    from party_mentions
    group by all

),

words as (

    select
        names.*,
        {{ fold('names.name_found') }} as name_folded,
        {{ person_words('names.name_found') }} as parts,
        word_kinds.kinds,
        {{ bare_parts(person_words('names.name_found'), 'word_kinds.kinds') }} as bare_parts,
    from names
    cross join word_kinds

),

-- "Smith, John A" comes in two parts, "John A Smith" in one; a third part is no name of a person.
split as (

    select
        words.*,
        {{ words_of_kind('words.parts', 'words.kinds', 'generation') }}[1] as generation_found,
        {{ words_of_kind('words.parts', 'words.kinds', 'capacity') }}[1] as capacity_found,
        coalesce(flatten(words.bare_parts), cast([] as varchar[])) as name_words,
        len(words.bare_parts) as count_parts,
        {{ fold("array_to_string(flatten(words.bare_parts), ' ')") }} as bare_folded,
    from words

),

judged as (

    select
        split.*,
        long_forms.longs,
        long_forms.longs[{{ fold('split.name_words[1]') }}] is not null as is_first_given,
        -- The family name of two words or three stands in front as well.
        len(list_filter(
            split.name_words[2:],
            lambda word: long_forms.longs[{{ fold('word') }}] is not null
        )) > 0 as is_later_given,
        len(list_intersect(
            {{ tokens('split.bare_folded') }}, long_forms.sure_names
        )) > 0 as has_sure_given,
        regexp_matches(split.name_found, '[0-9&+/]| (and|dba) ', 'i')
            or list_has_any({{ tokens('split.bare_folded') }}, entity_word_list.words)
            or {{ legal_form_of('split.name_folded', 'form_list.forms') }} is not null
            or list_contains(brand_list.phrases, split.bare_folded) as is_entity,
        -- "Front Desk", "Reservations Team": a place of work.
        list_has_any({{ tokens('split.bare_folded') }}, role_list.words)
            or list_contains(role_list.words, replace(split.bare_folded, ' ', '')) as is_role,
        {{ is_plausible_person("array_to_string(split.name_words, ' ')", 'split.name_words') }}
            and split.count_parts <= 2 as is_plausible,
    from split
    cross join long_forms
    cross join entity_word_list
    cross join form_list
    cross join brand_list
    cross join role_list

),

decided as (

    select
        *,
        case
            when known_kind = 'organization' then 'organization'
            when is_role and known_kind = 'person' then 'neither'
            when is_entity then 'organization'
            when not is_plausible
                then case when known_kind = 'person' then 'neither' else 'organization' end
            when known_kind = 'person' then 'person'
            when count_parts = 2 then 'person'
            when len(name_words) > 1 and has_sure_given then 'person'
            else 'organization'
        end as kind,
        case
            when count_parts = 2 then len(bare_parts[1])
            when len(name_words) < 2 then 0
            -- Registers have both orders: a known given name at one end only tells.
            when name_order = 'family_first' and not (is_first_given and not is_later_given)
                then {{ family_end('name_words') }}
            else -{{ family_start('name_words') }}
        end as family_place,
    from judged

),

-- A positive place is where the family name in front ends, a negative one where it begins.
persons as (

    select
        *,
        case
            when family_place > 0 then name_words[1:family_place]
            when family_place < 0 then name_words[-family_place:]
            else cast([] as varchar[])
        end as family_words,
        case
            when family_place > 0 then name_words[family_place + 1:]
            when family_place < 0 then name_words[1:-family_place - 1]
            else name_words
        end as given_words,
    from decided

),

parted as (

    select
        *,
        nullif(array_to_string(family_words, ' '), '') as family_found,
        nullif(given_words[1], '') as given_found,
        nullif(array_to_string(given_words[2:], ' '), '') as middle_found,
        {{ name_word('generation_found') }} as generation,
        {{ legal_name('name_found') }} as company_found,
        {{ trading_name('name_found') }} as trading_found,
    from persons

),

folded as (

    select
        *,
        -- "J.R." are two initials.
        case
            when regexp_full_match(given_found, '([A-Za-z]\.)+[A-Za-z]?\.?')
                then lower(left(given_found, 1))
            else {{ fold('given_found') }}
        end as given_key,
        {{ fold('family_found') }} as family_key,
        {{ fold('middle_found') }} as middle_key,
        {{ fold('company_found') }} as company_folded,
    from parted

),

companies as (

    select
        folded.*,
        {{ legal_form_of('folded.company_folded', 'form_list.forms') }} as form,
        company_word_list.stands_for,
        company_word_list.trade_words,
    from folded
    cross join form_list
    cross join company_word_list

),

cored as (

    select
        *,
        list_transform(
            list_filter(
                string_split(trim(
                    case
                        -- "Company Inc" is all that some are called.
                        when form is null or company_folded = form.form then company_folded
                        else left(company_folded, length(company_folded) - length(form.form))
                    end
                ), ' '),
                lambda word: word not in ('', 'the', 'and', 'of')
            ),
            lambda word: coalesce(stands_for[word], word)
        ) as company_tokens,
    from companies

),

final as (

    select
        md5(concat_ws('|', name_found, name_order, known_kind)) as party_name_id,
        name_found,
        name_order,
        known_kind,
        kind,
        case when kind = 'person' then {{ title_case('given_found', 2) }} end as given_name,
        case when kind = 'person' then {{ title_case('middle_found', 2) }} end as middle_name,
        case when kind = 'person' then {{ title_case('family_found', 2) }} end as family_name,
        case
            when kind != 'person' then null
            when generation in ('jr', 'junior') then 'Jr'
            when generation in ('sr', 'senior') then 'Sr'
            else upper(generation)
        end as generation,
        case when kind = 'person' then lower(capacity_found) end as capacity,
        case when kind = 'person' then coalesce(longs[given_key], given_key) end as given_key,
        case when kind = 'person' then family_key end as family_key,
        case when kind = 'person' then left(middle_key, 1) end as middle_initial,
        case when kind = 'organization' then {{ title_case('company_found', 2) }} end as legal_name,
        case when kind = 'organization' then {{ title_case('trading_found', 2) }} end
            as trading_name,
        case when kind = 'organization' then form.legal_form end as legal_form,
        case
            when kind = 'organization'
                then nullif(array_to_string(company_tokens, ' '), '')
        end as name_core,
        case when kind = 'organization' then company_tokens end as name_tokens,
        case
            when kind = 'organization'
                then nullif(array_to_string(list_sort(list_distinct(list_filter(
                    company_tokens, lambda word: list_contains(trade_words, word)
                ))), ' '), '')
        end as trade_key,
        case
            when kind = 'organization'
                then nullif(array_to_string(list_sort(list_distinct(list_filter(
                    company_tokens, lambda word: regexp_full_match(word, '[0-9]+')
                ))), ' '), '')
        end as number_key,
    from cored

)

select * from final
