with

mappings as (

    select * from {{ source('socrata', 'mappings') }}

),

final as (

    {{ register_mappings('socrata') }}

)

select * from final
