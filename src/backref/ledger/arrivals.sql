-- Visits of people at $site by day and channel from $day_lo to $day_hi: a row per day with a log
-- and channel; a day on which nobody came has one row without channel and no visits.
with
logged as (
    select distinct day from log_days where site = $site and day >= $day_lo and day <= $day_hi
),
came as (
    select
        day,
        channel,
        sum(cast(round(share * 1000000000) as bigint)) / 1e9 as visits
    from visit_links
    where site = $site and verdict = 'person' and day >= $day_lo and day <= $day_hi
    group by day, channel
)
select
    logged.day,
    came.channel,
    coalesce(came.visits, 0) as visits
from logged
left join came on came.day = logged.day
order by logged.day, came.channel
