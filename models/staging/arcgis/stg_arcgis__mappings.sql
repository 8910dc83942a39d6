with

mappings as (

    select * from {{ source('arcgis', 'mappings') }}

),

final as (

    {{ register_mappings('arcgis') }}

)

select * from final
