-- What the sheets of leads and sales tell of $site in a month, its days from $day_lo to $day_hi and
-- its moments from $from_at to $to_at: a row per stage and currency. Of a time told by the day only
-- the day counts, wherever the site is; all other times count by the moment. What was paid back
-- counts against the value. `linked` are those whose code or campaign is that of a placement.
with
dated as (
    select *, at_hi >= at_lo + interval '23' hour as by_day
    from conversions
    where site = $site
),
coded as (
    select distinct lower(code) as code from agreed where site = $site and code is not null
),
campaigns as (
    select distinct lower(campaign) as campaign
    from agreed
    where site = $site and campaign is not null
)
select
    coalesce(dated.stage, 'not said') as stage,
    dated.currency,
    count(*) as leads,
    count(case when coded.code is not null or campaigns.campaign is not null then 1 end) as linked,
    round(sum(dated.value), 6) as value
from dated
left join coded on coded.code = lower(dated.code)
left join campaigns on campaigns.campaign = lower(dated.campaign)
where (dated.by_day and cast(dated.at_hi as date) between $day_lo and $day_hi)
    or (not dated.by_day and dated.at_hi between $from_at and $to_at)
group by coalesce(dated.stage, 'not said'), dated.currency
order by leads desc, stage, currency
