with

rows as (

    select * from {{ source('arcgis', 'rows') }}

),

final as (

    {{ register_rows('arcgis') }}

)

select * from final
