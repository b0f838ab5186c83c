-- Visits of people at $site by link, in two spans of days: a row per link that sent anybody in
-- either.
select
    link_id,
    sum(case when day >= $day_lo and day <= $day_hi
        then cast(round(share * 1000000000) as bigint) else 0 end) / 1e9 as visits_now,
    sum(case when day >= $before_lo and day <= $before_hi
        then cast(round(share * 1000000000) as bigint) else 0 end) / 1e9 as visits_before
from visit_links
where site = $site
    and verdict = 'person'
    and link_id is not null
    and day >= $before_lo
    and day <= $day_hi
    and certainty in ('tagged', 'page', 'only candidate', 'inferred', 'host')
group by link_id
