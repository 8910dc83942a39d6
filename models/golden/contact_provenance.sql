with

person_mentions as (

    select * from {{ ref('person_mentions') }}

),

decision_makers as (

    select * from {{ ref('decision_makers') }}

),

spread as (

    select
        decision_makers.decision_maker_id,
        person_mentions.hotel_id,
        person_mentions.record_id,
        person_mentions.source,
        decision_makers.effective_confidence,
        person_mentions.source_url,
        person_mentions.observed_at,
        decision_makers.place = 1 as is_primary,
        unnest([
            {
                'field_name': 'decision_maker',
                'field_value': person_mentions.full_name,
                'published': decision_makers.full_name
            },
            {
                'field_name': 'title',
                'field_value': person_mentions.title,
                'published': decision_makers.title_found
            },
            {
                'field_name': 'dm_email',
                'field_value': person_mentions.email,
                'published': decision_makers.email
            },
            {
                'field_name': 'dm_phone',
                'field_value': person_mentions.phone,
                'published': decision_makers.phone
            }
        ], max_depth := 2),
    from decision_makers
    inner join person_mentions using (hotel_id, person_id)

),

placed as (

    select
        *,
        field_value is not distinct from published as is_published,
        row_number() over (
            partition by decision_maker_id, field_name
            order by field_value is not distinct from published desc, observed_at desc, record_id
        ) as place,
        first_value(record_id) over (
            partition by decision_maker_id, field_name
            order by field_value is not distinct from published desc, observed_at desc, record_id
        ) as first_record_id,
    from spread
    where field_value is not null

),

final as (

    select
        decision_maker_id || '|' || field_name || '|' || record_id as contact_provenance_id,
        decision_maker_id,
        hotel_id,
        field_name,
        field_value,
        source,
        record_id,
        effective_confidence,
        source_url,
        observed_at,
        is_primary,
        place = 1 as is_winner,
        case
            when place > 1 then decision_maker_id || '|' || field_name || '|' || first_record_id
        end as superseded_by,
        case
            when place = 1 then 'best candidate'
            when is_published then 'agrees with the winner'
            else 'another spelling or title'
        end as reason,
    from placed

)

select * from final
