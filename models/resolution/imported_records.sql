with

list_rows as (

    select * from {{ ref('stg_file_import__rows') }}

),

list_mappings as (

    select * from {{ ref('stg_file_import__mappings') }}

),

socrata_rows as (

    select * from {{ ref('stg_socrata__rows') }}

),

arcgis_rows as (

    select * from {{ ref('stg_arcgis__rows') }}

),

ckan_rows as (

    select * from {{ ref('stg_ckan__rows') }}

),

socrata_mappings as (

    select * from {{ ref('stg_socrata__mappings') }}

),

arcgis_mappings as (

    select * from {{ ref('stg_arcgis__mappings') }}

),

ckan_mappings as (

    select * from {{ ref('stg_ckan__mappings') }}

),

rows as (

    select * exclude (file_import_row_id) from list_rows
    union all by name
    select * exclude (socrata_row_id) from socrata_rows
    union all by name
    select * exclude (arcgis_row_id) from arcgis_rows
    union all by name
    select * exclude (ckan_row_id) from ckan_rows

),

mappings as (

    select * exclude (file_import_mapping_id), false as is_register from list_mappings
    union all by name
    select * exclude (socrata_mapping_id), true as is_register from socrata_mappings
    union all by name
    select * exclude (arcgis_mapping_id), true as is_register from arcgis_mappings
    union all by name
    select * exclude (ckan_mapping_id), true as is_register from ckan_mappings

),

-- One map per list: standard field → the list's own column.
lists as (

    select
        batch_id,
        max(list_name) as list_name,
        max(source) as source,
        bool_or(is_register) as is_register,
        map_from_entries(list({'k': field, 'v': column_name} order by field)) as columns,
        map_from_entries(list({'k': field, 'v': constant} order by field)) as constants,
    from mappings
    -- A client's list is matched to hotels, never merged into them.
    where coalesce(purpose, 'discovery') != 'client'
    group by batch_id

),

named as (

    select
        rows.batch_id,
        rows.row_number,
        lists.list_name,
        coalesce(lists.source, lists.list_name) as source,
        lists.is_register,
        {% for field in [
            'source_record_id', 'hotel_name', 'address', 'street', 'city', 'state', 'zip_code',
            'country', 'phone', 'phone_alt', 'email', 'website', 'booking_url', 'booking_engine',
            'latitude', 'longitude', 'room_count', 'rating', 'review_count', 'category',
            'operator', 'licensee', 'contact_name', 'contact_title', 'contact_email',
            'contact_phone'
        ] -%}
        coalesce(
            {{ clean_text("rows.record[lists.columns['" ~ field ~ "']]") }},
            lists.constants['{{ field }}']
        ) as {{ field }},
        {% endfor -%}
        rows._source_url,
        rows._fetched_at,
    from rows
    inner join lists using (batch_id)

),

final as (

    select
        source || ':' || coalesce(source_record_id, batch_id || '-' || row_number) as record_id,
        source,
        coalesce(source_record_id, batch_id || '-' || row_number) as source_record_id,
        batch_id,
        is_register,
        hotel_name,
        address,
        street,
        city,
        state,
        zip_code,
        country,
        phone,
        phone_alt,
        email,
        website,
        booking_url,
        booking_engine,
        category,
        operator,
        licensee,
        contact_name,
        contact_title,
        contact_email,
        contact_phone,
        try_cast(replace(latitude, ',', '.') as double) as latitude,
        try_cast(replace(longitude, ',', '.') as double) as longitude,
        try_cast(try_cast(replace(room_count, ',', '') as decimal(12, 2)) as integer) as room_count,
        try_cast(rating as decimal(4, 2)) as rating,
        try_cast(try_cast(replace(review_count, ',', '') as decimal(12, 2)) as integer)
            as review_count,
        _source_url,
        _fetched_at,
    from named
    -- A list can name one record twice; its last line is the newest.
    qualify row_number() over (
        partition by source, coalesce(source_record_id, batch_id || '-' || row_number)
        order by _fetched_at desc, batch_id desc, row_number desc
    ) = 1

)

select * from final
