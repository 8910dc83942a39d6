{%- set unit_words =
    'apt|apartment|unit|suite|ste|room|rm|bldg|building|lot|spc|space|level|floor|shop'
-%}

with

record_places as (

    select * from {{ ref('record_places') }}

),

street_words as (

    select * from {{ ref('street_words') }}

),

found as (

    select
        street,
        unit,
    from record_places
    where street is not null
    group by all

),

-- "Unit 5, 12 Smith St" and "5/12 Smith St" put the unit first, "12 Smith St #5" last.
units as (

    select
        street,
        unit,
        regexp_extract(
            street, '^\s*({{ unit_words }})?\s*#?\s*(\d+[a-z]?)\s*[,/]\s*\d', 2, 'i'
        ) as first_unit,
        regexp_extract(
            street, '(#|[, ]({{ unit_words }})\b\.?)\s*#?\s*([a-z0-9-]+)\s*$', 3, 'i'
        ) as last_unit,
        trim(regexp_replace(
            regexp_replace(
                street, '^\s*({{ unit_words }})?\s*#?\s*\d+[a-z]?\s*[,/]\s*(\d)', '\2', 'i'
            ),
            '(#|[, ]({{ unit_words }})\b\.?)\s*#?\s*[a-z0-9-]+\s*$',
            '',
            'i'
        )) as line,
    from found

),

numbers as (

    select
        street,
        unit,
        lower(coalesce(
            nullif(first_unit, ''),
            nullif(last_unit, ''),
            nullif(regexp_replace({{ fold('unit') }}, '^({{ unit_words }}) ', ''), '')
        )) as unit_key,
        -- 341-343 Oklahoma St is 341; 45-123 Kamehameha Hwy is one number.
        case
            when try_cast(regexp_extract(line, '^(\d+)\s?-\s?(\d+)\b', 2) as bigint)
                > try_cast(regexp_extract(line, '^(\d+)\s?-\s?(\d+)\b', 1) as bigint)
                and length(regexp_extract(line, '^(\d+)', 1)) > 2
                then regexp_extract(line, '^(\d+)', 1)
            else nullif(lower(regexp_extract(line, '^(\d+(?:-\d+)?[A-Za-z]?)\b', 1)), '')
        end as street_number,
        {{ tokens(fold("regexp_replace(line, '^[0-9]+( ?- ?[0-9]+)?[A-Za-z]?\\b', '')")) }}
            as words,
    from units

),

words as (

    select
        street,
        unit,
        len(words) as count_words,
        unnest(words) as word,
        generate_subscripts(words, 1) as position,
    from numbers

),

spelled as (

    select
        words.street,
        words.unit,
        words.position,
        words.count_words,
        case
            -- "St" is Saint before a name and Street after it.
            when words.word = 'st' and words.position = 1 and words.count_words > 1 then 'saint'
            when regexp_matches(words.word, '^\d+(st|nd|rd|th)$')
                then regexp_extract(words.word, '^\d+')
            else coalesce(street_words.short, words.word)
        end as spelling,
        case
            when words.word = 'st' and words.position = 1 and words.count_words > 1 then 'none'
            else coalesce(street_words.kind, 'none')
        end as kind,
    from words
    left join street_words using (word)

),

-- A street ends with its first suffix that is not its first word; more suffixes, a last
-- direction and a route's number may follow: "us hwy 1", "bay park dr", "41 st e". The rest
-- names a district or building.
measured as (

    select
        *,
        min(case when kind in ('suffix', 'route') and position > 1 then position end) over (
            partition by street, unit
        ) as end_position,
    from spelled

),

ends as (

    select
        *,
        max(case when position = end_position then kind end) over (partition by street, unit)
            as end_kind,
        min(case
            when position > end_position
                and kind not in ('suffix', 'route')
                and not (kind = 'direction' and position = count_words)
                then position
        end) over (partition by street, unit) as rest_position,
    from measured

),

joined as (

    select
        street,
        unit,
        string_agg(spelling, ' ' order by position) as street_name,
    from ends
    where rest_position is null
        or position < rest_position
        or (end_kind = 'route' and position = rest_position and rest_position = end_position + 1)
    group by street, unit

),

final as (

    select
        concat_ws('|', numbers.street, numbers.unit) as street_line_id,
        numbers.street,
        numbers.unit,
        numbers.street_number,
        joined.street_name,
        numbers.unit_key,
    from numbers
    left join joined
        on numbers.street = joined.street
        and numbers.unit is not distinct from joined.unit

)

select * from final
