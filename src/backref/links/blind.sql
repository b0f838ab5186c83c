-- Looks of our own at linking pages that could not see them: a wall, no answer, robots.txt, a page
-- that is none or was cut. Grain: one (page, time).
--
-- A look that we broke off ourselves says nothing of the page, and is none.
with sources as (
    select distinct source_page from keys
)
select checks.page, checks.at as hi, min(checks.told) as reason
from checks
inner join sources on sources.source_page = checks.page
where checks.purpose = 'page'
    and checks.told in ('blocked', 'unreachable', 'robots', 'unreadable')
group by checks.page, checks.at
