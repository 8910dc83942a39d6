with

field_winners as (

    select * from {{ ref('field_winners') }}

),

contact_provenance as (

    select * from {{ ref('contact_provenance') }}

),

hotel_fields as (

    select
        field_candidate_id as provenance_id,
        hotel_id,
        cast(null as varchar) as dm_id,
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

),

contact_fields as (

    select
        contact_provenance_id as provenance_id,
        hotel_id,
        decision_maker_id as dm_id,
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
    from contact_provenance

),

final as (

    select * from hotel_fields
    union all by name
    select * from contact_fields

)

select * from final
order by hotel_id, field_name, is_winner desc, provenance_id
