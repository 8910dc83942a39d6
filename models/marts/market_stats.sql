with

market_figures as (

    select * from {{ ref('market_figures') }}

),

final as (

    select * exclude (market_figure_id) from market_figures

)

select * from final
order by market_id, section, position
