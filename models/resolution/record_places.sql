with

source_records as (

    select * from {{ ref('source_records') }}

),

states as (

    select * from {{ ref('states') }}

),

country_names as (

    select * from {{ ref('country_names') }}

),

countries as (

    select * from {{ ref('countries') }}

),

city_aliases as (

    select * from {{ ref('city_aliases') }}

),

state_words as (

    select country, state, lower(state) as word from states
    union all
    select country, state, {{ fold('name') }} as word from states

),

-- `WA` is Washington and Western Australia: without a country such a word says nothing.
sure_state_words as (

    select
        word,
        min(country) as country,
        min(state) as state,
    from state_words
    group by word
    having count(*) = 1

),

texts as (

    select
        record_id,
        source,
        street,
        unit,
        city,
        state,
        zip_code,
        latitude,
        longitude,
        website_found,
        phone,
        {{ fold('country') }} as country_word,
        street is null and address is not null as is_one_string,
        trim(regexp_replace(address, '\s*[,.]+\s*$', '')) as address,
    from source_records

),

-- "12 Smith St, Bondi NSW 2026, Australia" without its country.
without_country as (

    select
        *,
        nullif(regexp_extract(
            address,
            '[, ]+(usa|u\.s\.a|united states(?: of america)?|australia|canada|united kingdom|uk'
            || '|new zealand)$',
            1,
            'i'
        ), '') as country_at_end,
        regexp_replace(
            address,
            '[, ]+(usa|u\.s\.a|united states( of america)?|australia|canada|united kingdom|uk'
            || '|new zealand)$',
            '',
            'i'
        ) as address_body,
    from texts

),

-- … and without its postcode: "Miami Beach, FL 33140-4023".
without_zip as (

    select
        *,
        nullif(regexp_extract(
            address_body, '[, ]+(\d{5})(?:-\d{4})?$', 1
        ), '') as zip_us,
        nullif(regexp_extract(
            address_body, '(?i:[, ](?:nsw|vic|qld|wa|sa|tas|nt|act)[, ]+)(\d{4})$', 1
        ), '') as zip_au,
        string_split_regex(
            regexp_replace(address_body, '[, ]+(\d{5}(-\d{4})?|\d{4})$', ''), '\s*,\s*'
        ) as parts,
    from without_country

),

tails as (

    select
        *,
        coalesce(zip_us, zip_au) as zip_found,
        string_split({{ fold('parts[-1]') }}, ' ') as tail_words,
        string_split_regex(trim(parts[-1]), '\s+') as tail_shown,
    from without_zip

),

-- The state is the last one, two or three words of what is left.
endings as (

    select
        record_id,
        zip_us is not null as has_us_zip,
        zip_au is not null as has_au_zip,
        tail_words,
        unnest([1, 2, 3]) as count_words,
    from tails
    where is_one_string

),

ending_words as (

    select
        *,
        array_to_string(list_slice(tail_words, -count_words, -1), ' ') as word,
    from endings
    where count_words <= len(tail_words)

),

state_endings as (

    select
        ending_words.record_id,
        ending_words.count_words,
        coalesce(in_country.country, sure_state_words.country) as country,
        coalesce(in_country.state, sure_state_words.state) as state,
    from ending_words
    left join state_words as in_country
        on ending_words.word = in_country.word
        and in_country.country = case
            when ending_words.has_us_zip then 'US'
            when ending_words.has_au_zip then 'AU'
        end
    left join sure_state_words
        on ending_words.word = sure_state_words.word
    where coalesce(in_country.state, sure_state_words.state) is not null
    qualify row_number() over (
        partition by ending_words.record_id
        order by ending_words.count_words desc, in_country.state
    ) = 1

),

split as (

    select
        tails.record_id,
        tails.source,
        tails.is_one_string,
        tails.latitude,
        tails.longitude,
        tails.website_found,
        tails.phone,
        coalesce(tails.zip_code, tails.zip_found) as zip_code,
        coalesce(tails.country_word, {{ fold('tails.country_at_end') }}) as country_word,
        {{ fold('tails.state') }} as state_word,
        state_endings.country as ending_country,
        state_endings.state as ending_state,
        -- Parts before the city: all but the last, and one more where the state stood alone.
        case
            when not tails.is_one_string then tails.parts
            when state_endings.state is null then tails.parts
            when len(tails.tail_words) = state_endings.count_words
                then list_slice(tails.parts, 1, -2)
            else list_append(
                list_slice(tails.parts, 1, -2),
                array_to_string(
                    list_slice(tails.tail_shown, 1, -1 - state_endings.count_words), ' '
                )
            )
        end as places,
        tails.street,
        tails.unit,
        tails.city,
    from tails
    left join state_endings using (record_id)

),

lines as (

    select
        record_id,
        source,
        latitude,
        longitude,
        website_found,
        phone,
        zip_code,
        country_word,
        state_word,
        ending_country,
        ending_state,
        unit,
        case
            when not is_one_string then street
            when len(places) = 1 and (city is not null or regexp_matches(places[1], '^\d'))
                then places[1]
            when len(places) > 1 and city is null
                then array_to_string(list_slice(places, 1, -2), ', ')
            when len(places) > 1
                then array_to_string(
                    list_filter(places, lambda place: {{ fold('place') }} != {{ fold('city') }}),
                    ', '
                )
        end as street,
        coalesce(
            city,
            case
                when is_one_string and len(places) = 1 and not regexp_matches(places[1], '\d')
                    then places[1]
                when is_one_string and len(places) > 1 then places[-1]
            end
        ) as city_found,
    from split

),

-- Bracketed aliases and leading postcodes: "2026 Bondi Beach (Sydney)".
cities as (

    select
        *,
        nullif(trim(regexp_replace(
            regexp_replace(city_found, '\s*[(\[].*$', ''), '^\d{4,5}\s+', ''
        )), '') as city,
    from lines

),

-- Where a record does not say its state, its coordinates may: boxes overlap, so only a single one
-- names the state; overlapping boxes of one country still name the country.
boxes as (

    select
        cities.record_id,
        min(states.country) as country,
        case when count(*) = 1 then min(states.state) end as state,
    from cities
    inner join states
        on cities.latitude between states.south and states.north
        and cities.longitude between states.west and states.east
    where cities.state_word is null
        and cities.ending_state is null
    group by cities.record_id
    having min(states.country) = max(states.country)

),

-- A state that the box names but the record does not contradict; the country in order of certainty.
countried as (

    select
        cities.*,
        boxes.state as box_state,
        coalesce(
            country_names.country,
            cities.ending_country,
            sure_state_words.country,
            boxes.country,
            top_level.country,
            case
                when regexp_matches(cities.phone, '^\D*\+\s*61') then 'AU'
                when regexp_matches(cities.phone, '^\D*\+\s*64') then 'NZ'
                when regexp_matches(cities.phone, '^\D*\+\s*44') then 'GB'
                when regexp_matches(cities.zip_code, '^\d{5}(-\d{4})?$') then 'US'
            end
        ) as country,
    from cities
    left join country_names on cities.country_word = country_names.alias
    left join sure_state_words on cities.state_word = sure_state_words.word
    left join boxes on cities.record_id = boxes.record_id
    left join countries as top_level
        on regexp_extract({{ url_host('cities.website_found') }}, '[a-z]+$')
        = top_level.top_level_domain

),

stated as (

    select
        countried.*,
        coalesce(state_words.state, countried.ending_state, countried.box_state) as state,
    from countried
    left join state_words
        on countried.state_word = state_words.word
        and countried.country = state_words.country

),

keyed as (

    select
        *,
        {{ fold('city') }} as city_folded,
        {{ title_case('city', 2) }} as city_shown,
    from stated

),

sure_city_aliases as (

    select
        country,
        alias,
        min(city) as city,
    from city_aliases
    group by country, alias
    having count(*) = 1

),

aliased as (

    select
        keyed.record_id,
        keyed.street,
        keyed.unit,
        coalesce(
            city_aliases.city,
            case when keyed.state is null then sure_city_aliases.city end,
            keyed.city_shown
        ) as city,
        keyed.state,
        case
            when keyed.country = 'US' then nullif(regexp_extract(keyed.zip_code, '\d{5}'), '')
            when keyed.country = 'AU' then nullif(regexp_extract(keyed.zip_code, '\d{4}'), '')
            else keyed.zip_code
        end as zip_code,
        keyed.country,
        keyed.latitude,
        keyed.longitude,
    from keyed
    left join city_aliases
        on keyed.city_folded = city_aliases.alias
        and keyed.country = city_aliases.country
        and keyed.state = city_aliases.state
    left join sure_city_aliases
        on keyed.city_folded = sure_city_aliases.alias
        and keyed.country = sure_city_aliases.country

),

named as (

    select
        *,
        {{ fold('city') }} as city_key,
    from aliased

),

-- One spelling per city: "St Augustine", "St. Augustine" and "SAINT AUGUSTINE" share a workbook.
spellings as (

    select
        country,
        state,
        city_key,
        city,
        count(*) as count_records,
    from named
    where city_key is not null
    group by country, state, city_key, city
    qualify row_number() over (
        partition by country, state, city_key
        order by count_records desc, city
    ) = 1

),

-- What most records of a zip code call their city: resolves abbreviations, cuts and gaps.
zip_cities as (

    select
        country,
        zip_code,
        city_key,
        max(city) as city,
        max(state) as state,
        count(*) as count_records,
    from named
    where zip_code is not null
        and city_key is not null
    group by country, zip_code, city_key
    qualify row_number() over (
        partition by country, zip_code
        order by count_records desc, city_key
    ) = 1

),

final as (

    select
        named.record_id,
        named.street,
        named.unit,
        coalesce(spellings.city, zip_cities.city) as city,
        coalesce(zip_cities.city_key, named.city_key) as city_key,
        coalesce(named.state, zip_cities.state) as state,
        named.zip_code,
        named.country,
        named.latitude,
        named.longitude,
    from named
    left join spellings
        on named.country is not distinct from spellings.country
        and named.state is not distinct from spellings.state
        and named.city_key = spellings.city_key
    left join zip_cities
        on named.zip_code = zip_cities.zip_code
        and named.country = zip_cities.country

)

select * from final
