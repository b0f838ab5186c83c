-- Visits of people at $site from links from $day_lo to $day_hi by level of certainty, and the engaged
-- and converted ones among them: a row per level.
select
    certainty,
    sum(cast(round(share * 1000000000) as bigint)) / 1e9 as visits,
    sum(case when engaged then cast(round(share * 1000000000) as bigint) else 0 end) / 1e9
        as engaged_visits,
    sum(cast(round(share * 1000000000) as bigint) * conversions) / 1e9 as conversions
from visit_links
where site = $site
    and verdict = 'person'
    and day >= $day_lo
    and day <= $day_hi
    and certainty in ('tagged', 'page', 'only candidate', 'inferred', 'host')
group by certainty
order by certainty
