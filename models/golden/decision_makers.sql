with

person_mentions as (

    select * from {{ ref('person_mentions') }}

),

golden_people as (

    select * from {{ ref('golden_people') }}

),

golden_hotels as (

    select * from {{ ref('golden_hotels') }}

),

confidence_modifiers as (

    select * from {{ ref('confidence_modifiers') }}

),

confidence_caps as (

    select * from {{ ref('confidence_caps') }}

),

modifiers as (

    select map_from_entries(list(
        {'k': modifier, 'v': case when is_on then amount else 0 end} order by modifier
    )) as amounts,
    from confidence_modifiers

),

caps as (

    select
        max(case when cap = 'single_inferred' then amount end) as single_inferred,
        max(case when cap = 'single_source' then amount end) as single_source,
    from confidence_caps

),

gathered as (

    select
        hotel_id,
        person_id,
        max(confidence) as confidence,
        bool_or(is_authoritative) as is_authoritative,
        bool_and(is_inferred) as is_inferred,
        count(distinct origin) as count_origins,
        count(*) as record_count,
        first(contact_role order by role_rank, priority desc, observed_at desc, record_id) as role,
        min(role_rank) as role_rank,
        bool_or(is_decision_maker) as is_decision_maker,
        first(title order by role_rank, priority desc, observed_at desc, record_id) as title_found,
        first(email order by priority desc, observed_at desc, record_id)
            filter (where email is not null) as email,
        first(phone order by priority desc, observed_at desc, record_id)
            filter (where phone is not null) as phone,
        first(source_url order by priority desc, observed_at desc, record_id) as source_url,
        first(source order by priority desc, observed_at desc, record_id) as source,
        list_sort(list_distinct(list(source order by source))) as sources,
        min(observed_at) as first_seen_at,
        max(observed_at) as last_confirmed_at,
    from person_mentions
    group by hotel_id, person_id

),

-- A domain that serves the mail of four hotels or more is a manager's.
mail_domains as (

    select
        split_part(email, '@', 2) as domain,
        count(distinct hotel_id) as count_hotels,
    from person_mentions
    where email is not null
    group by domain
    having count(distinct hotel_id) >= 4

),

weighed as (

    select
        gathered.* exclude (confidence),
        golden_people.full_name,
        golden_people.given_name,
        golden_people.family_name,
        golden_people.portfolio,
        golden_people.hotel_count,
        -- A mailbox of another house is no way to reach this one, unless it is all there is.
        coalesce(gathered.email, golden_people.email) as best_email,
        coalesce(gathered.phone, golden_people.phone) as best_phone,
        mail_domains.domain is not null
            and mail_domains.domain is distinct from golden_hotels.domain as has_manager_mail,
        least(1, greatest(0,
            gathered.confidence
            + case
                when gathered.count_origins >= 2 then modifiers.amounts['corroborated']
                else 0
            end
            + case
                when golden_people.family_name is null then modifiers.amounts['first_name_only']
                else 0
            end
            + case
                when gathered.role = 'Manager' then modifiers.amounts['generic_title'] else 0
            end
            + {{ staleness('gathered.last_confirmed_at') }}
        )) as confidence,
        {{ age_months('gathered.last_confirmed_at') }} as age_months,
    from gathered
    inner join golden_people using (person_id)
    inner join golden_hotels
        on gathered.hotel_id = golden_hotels.hotel_id
    cross join modifiers
    left join mail_domains
        on split_part(coalesce(gathered.email, golden_people.email), '@', 2) = mail_domains.domain

),

effective as (

    select
        weighed.*,
        {{ effective_confidence('weighed') }} as effective_confidence,
    from weighed
    cross join caps
    -- A given name alone is published only with a way to reach its bearer.
    where weighed.family_name is not null
        or weighed.best_email is not null
        or weighed.best_phone is not null

),

final as (

    select
        hotel_id || ':' || person_id as decision_maker_id,
        hotel_id,
        person_id,
        full_name,
        -- Who is named at ten houses owns none of them.
        case when portfolio = 'manager' and role_rank < 5 then 'Manager' else role end as title,
        title_found,
        best_email as email,
        case
            when best_email is null then null
            when email is null then 'other_house'
            when has_manager_mail then 'manager'
            else 'own'
        end as email_kind,
        best_phone as phone,
        case
            when portfolio = 'manager' or has_manager_mail then 'management_company'
            else 'hotel'
        end as employer,
        is_decision_maker and portfolio != 'manager' as is_decision_maker,
        portfolio = 'review' as needs_review,
        hotel_count,
        row_number() over (
            partition by hotel_id
            order by
                case when portfolio = 'manager' then 6 else role_rank end,
                effective_confidence desc,
                best_email is not null desc,
                best_phone is not null desc,
                full_name,
                person_id
        ) as place,
        source,
        sources,
        record_count,
        count_origins,
        cast(confidence as decimal(5, 4)) as confidence,
        effective_confidence,
        source_url,
        first_seen_at,
        last_confirmed_at,
    from effective

)

select * from final
