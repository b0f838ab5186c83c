-- Visits of people at $site from links up to $until_day by the page that they entered through, as
-- `own_pages.sql` counts them, and level of certainty: a row per page and level.
select
    nullif(sessions.entry_host, $site) as host,
    sessions.entry_page as page,
    visit_links.certainty,
    sum(cast(round(visit_links.share * 1000000000) as bigint)) / 1e9 as visits
from visit_links
inner join sessions on sessions.session_id = visit_links.session_id
where visit_links.site = $site
    and sessions.site = $site
    and visit_links.verdict = 'person'
    and visit_links.day <= $until_day
    and visit_links.certainty in ('tagged', 'page', 'only candidate', 'inferred', 'host')
group by nullif(sessions.entry_host, $site), sessions.entry_page, visit_links.certainty
order by host, page, visit_links.certainty
