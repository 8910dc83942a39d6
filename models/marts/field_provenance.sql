with

field_winners as (

    select * from {{ ref('field_winners') }}

),

final as (

    select
        field_candidate_id as provenance_id,
        hotel_id,
        field_name,
        field_value,
        source,
        record_id,
        effective_confidence as confidence,
        source_url,
        observed_at,
        is_winner,
        superseded_by,
        reason,
    from field_winners

)

select * from final
order by hotel_id, field_name, is_winner desc, provenance_id
