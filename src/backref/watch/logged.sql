-- The days from $day_lo to $day_hi of which a log of $site tells, with referrers.
select distinct day
from log_days
where site = $site and day >= $day_lo and day <= $day_hi and not without_referrers
order by day
