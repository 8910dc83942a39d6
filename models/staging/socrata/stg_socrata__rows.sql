with

rows as (

    select * from {{ source('socrata', 'rows') }}

),

final as (

    {{ register_rows('socrata') }}

)

select * from final
