-- Domains whose first link to $site was seen after $after and not after $until: a row per domain.
-- One with a link that nobody dated may be as old as any and is never new.
with
born as (
    select
        ledger.source_identity as domain,
        min(links.first_seen_lo) as at_lo,
        min(links.first_seen_hi) as at_hi,
        max(links.last_seen_hi) as last_seen,
        bool_or(links.state in ('live', 'suspect')) as stands,
        max(links.lost_hi) as lost_hi,
        min_by(links.source_url, links.first_seen_hi) as source_url,
        min_by(links.link_id, links.first_seen_hi) as link_id,
        min_by(links.title, links.first_seen_hi) as title,
        min_by(links.landing_path, links.first_seen_hi) as page,
        min_by(links.anchor, links.first_seen_hi) as anchor,
        min(ledger.acquired) as acquired
    from ledger
    inner join links on links.link_id = ledger.link_id
    where ledger.site = $site and links.state <> 'never verified'
    group by ledger.source_identity
    having count(*) = count(links.first_seen_lo)
),
rated as (
    select source_identity, max(rating) as rating from referring_domains group by source_identity
)
select
    link_id,
    'new domain' as kind,
    at_hi as known,
    domain,
    source_url,
    title,
    page,
    acquired,
    at_lo,
    at_hi,
    cast(null as varchar) as before,
    anchor as after,
    rated.rating as measure,
    case
        when not stands and lost_hi <= at_hi + interval 30 day then false
        when last_seen > at_hi then true
    end as borne_out
from born
left join rated on rated.source_identity = born.domain
where at_hi > $after and at_hi <= $until
order by known, domain
limit $limit
