-- Visits to $site from $day_lo to $day_hi that are not counted as people: a row per verdict.
select verdict, count(distinct session_id) as visits
from visit_links
where site = $site and day >= $day_lo and day <= $day_hi
group by verdict
order by verdict
