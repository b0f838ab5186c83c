-- Visits of people at $site by link of `shown` and week: a row per link and Monday.
select
    visit_links.link_id,
    cast(date_trunc('week', visit_links.day) as date) as week,
    sum(cast(round(visit_links.share * 1000000000) as bigint)) / 1e9 as visits
from visit_links
inner join shown on shown.link_id = visit_links.link_id
where visit_links.site = $site
    and visit_links.verdict = 'person'
    and visit_links.day >= $day_lo
    and visit_links.day <= $day_hi
    and visit_links.certainty in ('tagged', 'page', 'only candidate', 'inferred', 'host')
group by visit_links.link_id, cast(date_trunc('week', visit_links.day) as date)
order by visit_links.link_id, week
