-- When the newest evidence about $site is from, and from when to when its log goes: one row.
with
seen as (
    select max(greatest(links.last_seen_hi, links.last_verified, links.lost_hi)) as at
    from links
    inner join ledger on ledger.link_id = links.link_id
    where ledger.site = $site
),
visited as (
    select max(ended) as at, min(started) as since from sessions where site = $site
)
select
    greatest(seen.at, visited.at) as newest,
    visited.since as log_since,
    visited.at as log_until
from seen
cross join visited
