-- What each target answered when our own eyes looked last, at the end of its redirects. Grain: one
-- target page.
select checks.page as target_page, max_by(checks.status, checks.at) as status, max(checks.at) as hi
from checks
where checks.purpose = 'target' and checks.status is not null
group by checks.page
