with

source_records as (

    select * from {{ ref('source_records') }}

),

record_places as (

    select * from {{ ref('record_places') }}

),

lodging_words as (

    select * from {{ ref('lodging_words') }}

),

brands as (

    select * from {{ ref('brands') }}

),

web_addresses as (

    select * from {{ ref('web_addresses') }}

),

lodging_word_list as (

    select list(word order by word) as words
    from lodging_words

),

names as (

    select
        source_records.record_id,
        source_records.name_folded,
        source_records.brand_tag,
        {{ tokens('source_records.name_folded') }} as name_tokens,
        record_places.city_key,
        coalesce(web_addresses.domain_kind = 'chain', false) as has_chain_domain,
    from source_records
    inner join record_places using (record_id)
    left join web_addresses
        on source_records.website_found = web_addresses.url

),

without_city as (

    select
        *,
        trim(replace(' ' || name_folded || ' ', ' ' || coalesce(city_key, '?') || ' ', ' '))
            as name_left,
    from names

),

name_cores as (

    select
        without_city.*,
        list_sort(list_filter(
            {{ tokens('without_city.name_left') }},
            lambda token: token != '' and not list_contains(lodging_word_list.words, token)
        )) as core_tokens,
    from without_city
    cross join lodging_word_list

),

words as (

    select
        record_id,
        name_tokens,
        has_chain_domain,
        unnest(name_tokens) as word,
        generate_subscripts(name_tokens, 1) as position,
    from names

),

brand_phrases as (

    select
        *,
        string_split(phrase, ' ') as phrase_words,
        string_split(requires, '|') as required,
    from brands

),

-- A brand word in the name, the longest first; ambiguous words (Regent, Canopy) need a second sign.
named_brands as (

    select
        words.record_id,
        brand_phrases.brand,
    from words
    inner join brand_phrases
        on words.word = brand_phrases.phrase_words[1]
    where list_slice(
            words.name_tokens, words.position, words.position + len(brand_phrases.phrase_words) - 1
        ) = brand_phrases.phrase_words
        and (
            brand_phrases.required is null
            or list_has_any(brand_phrases.required, words.name_tokens)
            or (words.has_chain_domain and list_contains(brand_phrases.required, '@domain'))
        )
    qualify row_number() over (
        partition by words.record_id
        order by
            len(brand_phrases.phrase_words) desc,
            length(brand_phrases.phrase) desc,
            words.position,
            brand_phrases.phrase
    ) = 1

),

tagged_brands as (

    select
        names.record_id,
        min(brands.brand) as brand,
    from names
    inner join brands
        on {{ fold('names.brand_tag') }} = brands.phrase
    group by names.record_id

),

final as (

    select
        name_cores.record_id,
        nullif(array_to_string(name_cores.core_tokens, ' '), '') as name_core,
        name_cores.name_tokens,
        coalesce(tagged_brands.brand, named_brands.brand) as brand,
    from name_cores
    left join named_brands using (record_id)
    left join tagged_brands using (record_id)

)

select * from final
