-- Links grouped by whose pages they are on. Grain: one (target domain, source identity)
-- of the domains from $first to $last.
--
-- A domain is live while one link is, suspect or unknown while one may be, else in the state of the
-- link that was lost last; claims alone are never verified. `domain_ratings` is ratings.sql.
with grouped as (
    select
        target_domain,
        source_identity,
        min(partition) as partition,
        min(source_domain) as source_domain,
        count(*) as links,
        count(*) filter (where state in ('live', 'suspect')) as live_links,
        count(*) filter (where state in ('live', 'suspect') and not coalesce(nofollow, false))
            as followed_links,
        count(*) filter (where state in ('lost', 'reported lost')) as lost_links,
        bool_or(state = 'live') as any_live,
        bool_or(state = 'suspect') as any_suspect,
        bool_or(state = 'unknown') as any_unknown,
        min(first_seen_lo) as first_seen_lo,
        min(first_seen_hi) as first_seen_hi,
        max(last_seen_hi) as last_seen_hi,
        max(last_verified) as last_verified
    from links
    where target_domain between $first and $last
    group by target_domain, source_identity
),
losses as (
    select
        target_domain,
        source_identity,
        state,
        lost_lo,
        lost_hi,
        row_number() over (
            partition by target_domain, source_identity
            order by lost_hi desc nulls last, lost_lo desc nulls last, state, link_id
        ) as place
    from links
    where state in ('lost', 'reported lost') and target_domain between $first and $last
),
words as (
    select distinct target_domain, source_identity, unnest(string_split(witnesses, ' ')) as witness
    from links
    where witnesses <> '' and target_domain between $first and $last
),
witnessed as (
    select target_domain, source_identity, list_sort(array_agg(witness)) as witnesses
    from words
    group by target_domain, source_identity
),
judged as (
    select
        grouped.*,
        case
            when any_live then 'live'
            when any_suspect then 'suspect'
            when any_unknown then 'unknown'
            else coalesce(losses.state, 'never verified')
        end as state,
        losses.lost_lo,
        losses.lost_hi
    from grouped
    left join losses
        on losses.target_domain = grouped.target_domain
        and losses.source_identity = grouped.source_identity
        and losses.place = 1
)
select
    judged.target_domain,
    judged.source_identity,
    source_domain,
    links,
    live_links,
    followed_links,
    lost_links,
    state,
    first_seen_lo,
    first_seen_hi,
    last_seen_hi,
    last_verified,
    case when state in ('lost', 'reported lost') then lost_lo end as lost_lo,
    case when state in ('lost', 'reported lost') then lost_hi end as lost_hi,
    coalesce(array_to_string(witnessed.witnesses, ' '), '') as witnesses,
    rating,
    rating_by,
    authority,
    authority_lo,
    authority_hi,
    authority_by,
    handed_on,
    judged.partition
from judged
left join witnessed
    on witnessed.target_domain = judged.target_domain
    and witnessed.source_identity = judged.source_identity
left join domain_ratings
    on domain_ratings.target_domain = judged.target_domain
    and domain_ratings.source_identity = judged.source_identity
order by judged.target_domain, judged.source_identity
