with

field_candidates as (

    select * from {{ ref('field_candidates') }}

),

-- What a record offers for a group of fields is judged once, for all its fields.
offers as (

    select
        hotel_id,
        field_group,
        record_id,
        max(group_rank) as group_rank,
        max(priority) as priority,
        max(effective_confidence) as effective_confidence,
        max(observed_at) as observed_at,
        max(source) as source,
        max(value_key) as value_key,
        list(field_name order by field_name) as field_names,
    from field_candidates
    group by hotel_id, field_group, record_id

),

places as (

    select
        *,
        row_number() over (
            partition by hotel_id, field_group
            order by
                group_rank desc,
                priority desc,
                effective_confidence desc,
                observed_at desc,
                source,
                record_id
        ) as place,
    from offers

),

verdicts as (

    select
        places.hotel_id,
        places.field_group,
        places.record_id,
        places.place,
        case
            when places.place > 1 then winners.record_id
        end as winner_record_id,
        winners.field_names as winner_field_names,
        case
            when places.place = 1 then 'best candidate'
            when places.value_key = winners.value_key then 'agrees with the winner'
            when places.group_rank < winners.group_rank then 'less complete'
            when places.priority < winners.priority then 'lower priority'
            when places.effective_confidence < winners.effective_confidence
                then 'lower confidence'
            when places.observed_at < winners.observed_at then 'older'
            when places.source > winners.source then 'tie by source name'
            else 'tie by record'
        end as reason,
    from places
    inner join places as winners
        on places.hotel_id = winners.hotel_id
        and places.field_group = winners.field_group
        and winners.place = 1

),

final as (

    select
        field_candidates.field_candidate_id,
        field_candidates.hotel_id,
        field_candidates.field_name,
        field_candidates.field_group,
        field_candidates.field_value,
        field_candidates.source,
        field_candidates.kind,
        field_candidates.record_id,
        field_candidates.confidence,
        field_candidates.effective_confidence,
        field_candidates.priority,
        field_candidates.source_url,
        field_candidates.observed_at,
        verdicts.place = 1 as is_winner,
        verdicts.place,
        -- A field that the winning record leaves open falls with its group: no city of one address
        -- beside the street of another.
        field_candidates.hotel_id || '|'
            || case
                when list_contains(verdicts.winner_field_names, field_candidates.field_name)
                    then field_candidates.field_name
                else verdicts.winner_field_names[1]
            end
            || '|' || verdicts.winner_record_id as superseded_by,
        verdicts.reason,
    from field_candidates
    inner join verdicts using (hotel_id, field_group, record_id)

)

select * from final
