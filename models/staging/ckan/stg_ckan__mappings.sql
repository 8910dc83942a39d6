with

mappings as (

    select * from {{ source('ckan', 'mappings') }}

),

final as (

    {{ register_mappings('ckan') }}

)

select * from final
