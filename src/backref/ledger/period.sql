-- People at $site from $day_lo to $day_hi, by how they came: one row. Visits from links are
-- those of the ledger; organic search stands beside. `log_days` are those
-- with a log that tells referrers.
with
came as (
    select
        channel,
        engaged,
        conversions,
        certainty,
        cast(round(share * 1000000000) as bigint) as part,
        certainty in ('tagged', 'page', 'only candidate', 'inferred', 'host') as by_link
    from visit_links
    where site = $site and verdict = 'person' and day >= $day_lo and day <= $day_hi
),
summed as (
    select
        round(sum(case when by_link then part else 0 end) / 1e9, 6) as visits,
        round(sum(case when by_link and engaged then part else 0 end) / 1e9, 6) as engaged_visits,
        round(sum(case when by_link then part * conversions else 0 end) / 1e9, 6) as conversions,
        round(sum(case when certainty = 'host' then part else 0 end) / 1e9, 6) as host_visits,
        round(sum(case when channel = 'Organic Search' and not by_link then part else 0 end) / 1e9, 6)
            as search_visits,
        sum(case when channel = 'Organic Search' and not by_link and engaged then part else 0 end)
            / 1e9 as search_engaged_visits,
        sum(case when channel = 'Organic Search' and not by_link then part * conversions else 0 end)
            / 1e9 as search_conversions,
        round(sum(case when channel = 'Direct' then part else 0 end) / 1e9, 6) as direct_visits,
        round(sum(case when certainty = 'not logged' then part else 0 end) / 1e9, 6) as unlogged_visits,
        round(sum(part) / 1e9, 6) as all_visits
    from came
),
log as (
    select count(distinct day) as log_days
    from log_days
    where site = $site and day >= $day_lo and day <= $day_hi and not without_referrers
)
select summed.*, log.log_days
from summed
cross join log
