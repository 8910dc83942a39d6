with

party_mentions as (

    select * from {{ ref('party_mentions') }}

),

party_names as (

    select * from {{ ref('party_names') }}

),

role_local_parts as (

    select * from {{ ref('role_local_parts') }}

),

free_mail_domains as (

    select * from {{ ref('free_mail_domains') }}

),

contact_titles as (

    select * from {{ ref('contact_titles') }}

),

organization_records as (

    select * from {{ ref('organization_records') }}

),

organization_clusters as (

    select * from {{ source('match', 'organization_clusters') }}

),

-- What holds houses together: whoever owns several is likelier one person than two of a name.
owner_ties as (

    select
        organization_records.hotel_id,
        'organization ' || organization_clusters.organization_id as tie,
    from organization_records
    inner join organization_clusters using (record_id)
    where organization_records.role != 'operator'
    union all
    select
        hotel_id,
        unnest([
            'phone ' || phone,
            registered_by || ' ' || registration_number,
            'letter box ' || {{ fold('street') }} || ', ' || zip_code
        ]) as tie,
    from party_mentions
    where role in ('licensee', 'taxpayer')

),

hotel_ties as (

    select
        hotel_id,
        list_sort(list_distinct(list(tie order by tie))) as owner_ties,
    from owner_ties
    where tie is not null
    group by hotel_id

),

named as (

    select
        party_mentions.*,
        party_names.given_name,
        party_names.middle_name,
        party_names.family_name,
        party_names.generation,
        party_names.capacity,
        party_names.given_key,
        party_names.family_key,
        party_names.middle_initial,
        coalesce(party_mentions.email_given, party_mentions.hotel_email) as email,
        {{ fold("concat_ws(' ', party_names.given_name, party_names.family_name)") }}
            as name_folded,
    from party_mentions
    inner join party_names using (name_found, name_order, known_kind)
    where party_names.kind = 'person'

),

mailboxes as (

    select
        named.*,
        regexp_replace(split_part(named.email, '@', 1), '[^a-z]', '', 'g') as mailbox,
        role_local_parts.kind as mailbox_kind,
        free_mail_domains.domain is not null as is_free_mail,
        -- What a contact calls itself, what stands beside the name, what a register says it is.
        coalesce(
            named.title_found,
            named.capacity,
            case when named.role != 'contact' then named.role end
        ) as title,
    from named
    left join role_local_parts
        on split_part(named.email, '@', 1) = role_local_parts.local_part
    left join free_mail_domains
        on split_part(named.email, '@', 2) = free_mail_domains.domain

),

owned as (

    select
        mailboxes.*,
        -- A role mailbox reaches the house, not the person; without its name in it, a mailbox is
        -- the person's only where the source says so, and never at a free provider.
        mailboxes.mailbox_kind is null
            and (
                (mailboxes.email_given is not null and not mailboxes.is_free_mail)
                or {{ mailbox_fits(
                    'mailboxes.mailbox', 'mailboxes.given_key', 'mailboxes.family_key'
                ) }}
            ) as is_own_email,
        contact_titles.role as title_role,
    from mailboxes
    left join contact_titles
        on {{ fold('mailboxes.title') }} = contact_titles.title

),

final as (

    select
        owned.party_mention_id as record_id,
        owned.source,
        owned.role,
        owned.hotel_record_id,
        owned.hotel_id,
        concat_ws(
            ' ', owned.given_name, owned.middle_name, owned.family_name, owned.generation
        ) as full_name,
        owned.given_name,
        owned.middle_name,
        owned.family_name,
        owned.generation,
        owned.given_key,
        owned.family_key,
        owned.middle_initial,
        owned.title,
        owned.title_role,
        case when owned.is_own_email then owned.email end as email,
        owned.phone,
        case
            when owned.zip_code is not null
                then {{ fold('owned.street') }} || ', ' || owned.zip_code
        end as address_key,
        coalesce(hotel_ties.owner_ties, cast([] as varchar[])) as owner_ties,
        owned.state,
        owned.country,
        owned.source_url,
        owned.observed_at,
    from owned
    left join hotel_ties
        on owned.hotel_id = hotel_ties.hotel_id
    -- The house's own name and its town are nobody.
    where owned.name_folded is distinct from owned.hotel_name_folded
        and owned.name_folded is distinct from owned.hotel_city_key

)

select * from final
