-- Visits of people at $site through the link $link_id from $day_lo to $day_hi, by week and level of
-- certainty: a row per Monday and level.
select
    cast(date_trunc('week', day) as date) as week,
    certainty,
    sum(cast(round(share * 1000000000) as bigint)) / 1e9 as visits
from visit_links
where site = $site
    and link_id = $link_id
    and verdict = 'person'
    and day >= $day_lo
    and day <= $day_hi
    and certainty in ('tagged', 'page', 'only candidate', 'inferred', 'host')
group by cast(date_trunc('week', day) as date), certainty
order by week, certainty
