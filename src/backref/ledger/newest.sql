-- When the newest evidence about $site is from, when its newest lead is, and on which day its log
-- with referrers begins: one row.
with
seen as (
    select max(greatest(links.last_seen_hi, links.last_verified, links.lost_hi)) as at
    from links
    inner join ledger on ledger.link_id = links.link_id
    where ledger.site = $site
),
visited as (
    select max(ended) as at from sessions where site = $site
),
told as (
    select max(at_lo) as at from conversions where site = $site
),
logged as (
    select min(day) as since from log_days where site = $site and not without_referrers
)
select greatest(seen.at, visited.at) as newest,
    told.at as newest_lead,
    logged.since as log_since
from seen
cross join visited
cross join told
cross join logged
