with

field_candidates as (

    select * from {{ ref('field_candidates') }}

),

-- Every candidate beside the record that wins its group, in the order of what decides.
placed as (

    select
        *,
        dense_rank() over ranking as place,
        first_value(record_id) over ranking as winner_record_id,
        first_value(value_key) over ranking as winner_value_key,
        first_value(group_rank) over ranking as winner_group_rank,
        first_value(priority) over ranking as winner_priority,
        first_value(effective_confidence) over ranking as winner_confidence,
        first_value(observed_at) over ranking as winner_observed_at,
        first_value(source) over ranking as winner_source,
    from field_candidates
    window ranking as (
        partition by hotel_id, field_group
        order by
            group_rank desc,
            priority desc,
            effective_confidence desc,
            observed_at desc,
            source,
            record_id
    )

),

final as (

    select
        field_candidate_id,
        hotel_id,
        field_name,
        field_group,
        field_value,
        source,
        kind,
        record_id,
        confidence,
        effective_confidence,
        priority,
        source_url,
        observed_at,
        place = 1 as is_winner,
        place,
        case
            when place > 1 then hotel_id || '|' || field_name || '|' || winner_record_id
        end as superseded_by,
        case
            when place = 1 then 'best candidate'
            when value_key = winner_value_key then 'agrees with the winner'
            when group_rank < winner_group_rank then 'less complete'
            when priority < winner_priority then 'lower priority'
            when effective_confidence < winner_confidence then 'lower confidence'
            when observed_at < winner_observed_at then 'older'
            when source > winner_source then 'tie by source name'
            else 'tie by record'
        end as reason,
    from placed

)

select * from final
