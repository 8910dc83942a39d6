with

party_mentions as (

    select * from {{ ref('party_mentions') }}

),

source_records as (

    select * from {{ ref('source_records') }}

),

source_kinds as (

    select * from {{ ref('source_kinds') }}

),

source_confidences as (

    select * from {{ ref('source_confidences') }}

),

registers as (

    select
        source,
        bool_or(is_register) as is_register,
    from source_records
    group by source

),

sources as (

    select source
    from party_mentions
    group by source

),

kinds as (

    select
        sources.source,
        coalesce(source_kinds.kind, other_lists.kind) as kind,
        coalesce(source_kinds.origin, sources.source) as origin,
    from sources
    left join registers
        on sources.source = registers.source
    left join source_kinds
        on sources.source = source_kinds.source
    left join source_kinds as other_lists
        on other_lists.source = case when registers.is_register then '*register' else '*' end

),

final as (

    select
        kinds.source,
        kinds.kind,
        kinds.origin,
        source_confidences.confidence,
        source_confidences.is_inferred,
        source_confidences.is_authoritative,
    from kinds
    inner join source_confidences using (kind)

)

select * from final
