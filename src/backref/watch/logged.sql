-- The days from $day_lo to $day_hi that a log of $site tells of.
select distinct day
from log_days
where site = $site and day >= $day_lo and day <= $day_hi
order by day
