-- Dead pages of $site that people from elsewhere began to meet: a row per page and spell, on the
-- first day ($day_lo to $day_hi) by whose end $threshold people or more had met it within seven
-- days, no day of the seven before having been such a day.
with
met as (
    select
        coalesce(nullif(host, $site), '') as host,
        page,
        day,
        cast(sum(people) as bigint) as people,
        max_by(referrer_host, row(people, referrer_host)) as sender,
        min(status) as status
    from page_days
    where site = $site
        and status in (404, 410)
        and referrer_host is not null
        and people > 0
        and day > $day_lo - interval 21 day
        and day <= $day_hi
    group by coalesce(nullif(host, $site), ''), page, day
),
weeks as (
    select
        met.host,
        met.page,
        met.day,
        max(met.status) as status,
        max_by(before.sender, row(before.people, before.sender)) as sender,
        cast(sum(before.people) as bigint) as people
    from met
    inner join met as before
        on before.host = met.host
        and before.page = met.page
        and before.day <= met.day
        and before.day > met.day - interval 7 day
    group by met.host, met.page, met.day
    having sum(before.people) >= $threshold
),
begun as (
    select weeks.*
    from weeks
    where day >= $day_lo
        and not exists (
            select 1 from weeks as earlier
            where earlier.host = weeks.host
                and earlier.page = weeks.page
                and earlier.day < weeks.day
                and earlier.day >= weeks.day - interval 7 day
        )
),
later as (
    select
        begun.host,
        begun.page,
        begun.day,
        bool_or(answer.status in (404, 410)) as dead,
        bool_or(answer.status between 200 and 399 and answer.status <> 304) as alive
    from begun
    inner join page_days as answer
        on answer.site = $site
        and answer.page = begun.page
        and coalesce(nullif(answer.host, $site), '') = begun.host
        and answer.day > begun.day
        and answer.day <= begun.day + interval 30 day
    group by begun.host, begun.page, begun.day
)
select
    begun.day,
    'broken target' as kind,
    sender as domain,
    concat(begun.host, begun.page) as page,
    cast(status as varchar) as after,
    cast(people as double) as measure,
    case when later.dead then true when later.alive then false end as borne_out
from begun
left join later
    on later.host = begun.host and later.page = begun.page and later.day = begun.day
order by begun.day, begun.page, begun.host
