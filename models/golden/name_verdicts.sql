with

golden_hotels as (

    select * from {{ ref('golden_hotels') }}

),

junk_names as (

    select * from {{ ref('junk_names') }}

),

non_lodging_words as (

    select * from {{ ref('non_lodging_words') }}

),

lodging_words as (

    select * from {{ ref('lodging_words') }}

),

lists as (

    select
        list(value order by value) filter (where kind = 'exact') as exact_names,
        list(value order by value) filter (where kind = 'prefix') as prefixes,
        list(value order by value) filter (where kind = 'word') as junk_phrases,
    from junk_names

),

against as (

    select list(word order by word) as phrases
    from non_lodging_words

),

lodging as (

    select list(word order by word) as words
    from lodging_words
    where length(word) > 3

),

folded as (

    select
        hotel_id,
        name,
        {{ fold('name') }} as name_folded,
        licence_number is not null or category is not null or room_count is not null
            as has_lodging_evidence,
    from golden_hotels

),

-- Whole words only: as substrings "test" takes Whitestone Inn and "gym" a courtyard.
judged as (

    select
        folded.hotel_id,
        case
            when folded.name_folded is null or length(folded.name_folded) < 3 then 'no name'
            when not regexp_matches(folded.name_folded, '\pL') then 'no letters'
            when list_contains(lists.exact_names, folded.name_folded) then 'junk name'
            when list_contains(lists.prefixes, split_part(folded.name_folded, ' ', 1))
                then 'junk name'
            when len(list_filter(
                lists.junk_phrases,
                lambda phrase: contains(' ' || folded.name_folded || ' ', ' ' || phrase || ' ')
            )) > 0 then 'junk words'
            when regexp_matches(folded.name, '(…|\.\.\.)$|Reviews, Deals|\bRMS\b')
                then 'search title'
            when not folded.has_lodging_evidence
                and not list_has_any(lodging.words, {{ tokens('folded.name_folded') }})
                and len(list_filter(
                    against.phrases,
                    lambda phrase: contains(' ' || folded.name_folded || ' ', ' ' || phrase || ' ')
                )) > 0 then 'not lodging'
        end as verdict,
    from folded
    cross join lists
    cross join against
    cross join lodging

),

final as (

    select
        hotel_id,
        verdict as name_problem,
        verdict is null as is_valid_name,
    from judged

)

select * from final
