with

rows as (

    select * from {{ source('ckan', 'rows') }}

),

final as (

    {{ register_rows('ckan') }}

)

select * from final
