-- People whom each referring domain sent to $site by day, from $day_lo to $day_hi.
select
    referrer_domain as source,
    day,
    sum(visits) / 1e9 as visits
from visit_sums
where site = $site and day >= $day_lo and day <= $day_hi and referrer_domain is not null
group by referrer_domain, day
order by source, day
