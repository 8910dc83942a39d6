with

licences as (

    select * from {{ ref('stg_florida_dbpr__licences') }}

),

tax_locations as (

    select * from {{ ref('stg_texas_hotel_tax__locations') }}

),

lodgings as (

    select * from {{ ref('stg_openstreetmap__lodgings') }}

),

map_places as (

    select * from {{ ref('stg_google_maps__places') }}

),

site_hotels as (

    select * from {{ ref('site_hotels') }}

),

imported_records as (

    select * from {{ ref('imported_records') }}

),

listed_properties as (

    select * from {{ ref('listed_properties') }}

),

freshness as (

    select * from {{ ref('freshness') }}

),

entity_words as (

    select * from {{ ref('entity_words') }}

),

entity_word_list as (

    select list(word order by word) as words
    from entity_words

),

licence_records as (

    select
        'florida_dbpr:' || licences.florida_dbpr_licence_id as record_id,
        'florida_dbpr' as source,
        licences.florida_dbpr_licence_id as source_record_id,
        coalesce(licences.business_name, licences.licensee_name) as hotel_name,
        'florida_dbpr' as vocabulary,
        true as is_register,
        licences.rank_code as category_word,
        licences.street,
        licences.street_line_2 as unit,
        licences.city,
        coalesce(licences.state, 'FL') as state,
        licences.zip_code,
        'US' as country,
        licences.phone,
        licences.phone_alt,
        licences.florida_dbpr_licence_id as licence_number,
        -- Only "SURNAME, GIVEN NAMES" is surely a person; the register has both orders otherwise.
        case
            when regexp_matches(licences.licensee_name, '^[A-Z''-]{2,}, [A-Z''-]+( [A-Z''-]+)?$')
                and not list_has_any(
                    {{ tokens(fold('licences.licensee_name')) }}, entity_word_list.words
                )
                then regexp_replace(licences.licensee_name, '^(.*), (.*)$', '\2 \1')
        end as contact_name,
        'Licensee' as contact_title,
        -- A condominium's licence counts its apartments, not a hotel's rooms.
        case when licences.rank_code in ('HOTL', 'MOTL', 'BNB') then licences.count_units end
            as room_count,
        licences.is_active,
        licences._source_url as source_url,
        {{ observed_on('licences._fetched_at') }} as observed_at,
    from licences
    cross join entity_word_list
    where not licences.is_single_unit

),

tax_records as (

    select
        'texas_hotel_tax:' || texas_hotel_tax_location_id as record_id,
        'texas_hotel_tax' as source,
        texas_hotel_tax_location_id as source_record_id,
        location_name as hotel_name,
        'texas_hotel_tax' as vocabulary,
        true as is_register,
        street,
        city,
        coalesce(state, 'TX') as state,
        zip_code,
        'US' as country,
        phone,
        phone_alt,
        taxpayer_name as operator,
        texas_hotel_tax_location_id as licence_number,
        count_units as room_count,
        is_active,
        _source_url as source_url,
        {{ observed_on('_fetched_at') }} as observed_at,
    from tax_locations
    where not is_single_unit

),

lodging_records as (

    select
        'openstreetmap:' || openstreetmap_lodging_id as record_id,
        'openstreetmap' as source,
        openstreetmap_lodging_id as source_record_id,
        hotel_name,
        'openstreetmap' as vocabulary,
        tourism as category_word,
        nullif(concat_ws(' ', house_number, street), '') as street,
        unit,
        address,
        city,
        state,
        zip_code,
        country,
        phone,
        phone_alt,
        email,
        website,
        booking_url,
        brand,
        operator,
        count_rooms as room_count,
        latitude,
        longitude,
        is_active,
        _source_url as source_url,
        {{ observed_on('_fetched_at') }} as observed_at,
    from lodgings

),

place_records as (

    select
        'google_maps:' || map_places.google_maps_place_id as record_id,
        'google_maps' as source,
        map_places.google_maps_place_id as source_record_id,
        map_places.hotel_name,
        'list' as vocabulary,
        map_places.category as category_word,
        map_places.address,
        map_places.country,
        map_places.phone,
        map_places.website,
        map_places.place_id,
        map_places.rating,
        map_places.review_count,
        map_places.latitude,
        map_places.longitude,
        map_places.is_active,
        map_places._source_url as source_url,
        {{ observed_on('map_places._fetched_at') }} as observed_at,
    from map_places
    inner join freshness on freshness.source = 'google_maps'
    -- Google's terms: what it says may be kept so long and no longer.
    where date_diff('day', cast(map_places._fetched_at as date), {{ run_date() }})
        <= freshness.window_days

),

site_records as (

    select
        record_id,
        source,
        site_hotel_key as source_record_id,
        hotel_name,
        'schema_org' as vocabulary,
        schema_type as category_word,
        street,
        address,
        city,
        state,
        zip_code,
        country,
        phone,
        email,
        website,
        room_count,
        latitude,
        longitude,
        source_url,
        {{ observed_on('observed_at') }} as observed_at,
    from site_hotels

),

list_records as (

    select
        record_id,
        source,
        source_record_id,
        hotel_name,
        'list' as vocabulary,
        is_register,
        category as category_word,
        street,
        address,
        city,
        state,
        zip_code,
        country,
        phone,
        phone_alt,
        email,
        website,
        booking_url,
        booking_engine as booking_engine_label,
        contact_name,
        contact_title,
        room_count,
        rating,
        review_count,
        latitude,
        longitude,
        _source_url as source_url,
        {{ observed_on('_fetched_at') }} as observed_at,
    from imported_records

),

listed_records as (

    select
        'booking_engine_lists:' || listed_property_id as record_id,
        'booking_engine_lists' as source,
        listed_property_id as source_record_id,
        hotel_name,
        'list' as vocabulary,
        booking_url,
        engine_label as booking_engine_label,
        _source_url as source_url,
        {{ observed_on('_fetched_at') }} as observed_at,
    from listed_properties

),

every_record as (

    select * from licence_records
    union all by name
    select * from tax_records
    union all by name
    select * from lodging_records
    union all by name
    select * from place_records
    union all by name
    select * from site_records
    union all by name
    select * from list_records
    union all by name
    select * from listed_records

),

final as (

    select
        record_id,
        source,
        source_record_id,
        {{ title_case('hotel_name') }} as hotel_name,
        {{ fold('hotel_name') }} as name_folded,
        vocabulary,
        coalesce(is_register, false) as is_register,
        {{ fold('category_word') }} as category_word,
        street,
        unit,
        address,
        city,
        state,
        zip_code,
        country,
        phone,
        phone_alt,
        email,
        {{ absolute_url('website') }} as website_found,
        {{ absolute_url('booking_url') }} as booking_url_found,
        booking_engine_label,
        brand as brand_tag,
        operator,
        {{ title_case('contact_name') }} as contact_name,
        case when contact_name is not null then contact_title end as contact_title,
        licence_number,
        place_id,
        -- One unit is no hotel and 2,000 is more than any hotel of the markets has.
        case when room_count between 1 and 2000 then room_count end as room_count,
        case when rating between 0.1 and 5 then cast(rating as decimal(3, 2)) end as rating,
        case when review_count >= 0 then review_count end as review_count,
        {{ valid_latitude('latitude', 'longitude') }} as latitude,
        {{ valid_longitude('latitude', 'longitude') }} as longitude,
        is_active,
        source_url,
        observed_at,
    from every_record

)

select * from final
