-- What the sheets of leads and sales tell of $site from $from_at up to $to_at: a row per stage and
-- currency. What was paid back counts against the value. `linked` are those whose code or campaign
-- is that of a placement.
with
coded as (
    select distinct lower(code) as code from placements where site = $site and code is not null
),
campaigns as (
    select distinct lower(campaign) as campaign
    from placements
    where site = $site and campaign is not null
)
select
    coalesce(conversions.stage, 'not said') as stage,
    conversions.currency,
    count(*) as leads,
    count(case when coded.code is not null or campaigns.campaign is not null then 1 end) as linked,
    round(sum(conversions.value), 6) as value
from conversions
left join coded on coded.code = lower(conversions.code)
left join campaigns on campaigns.campaign = lower(conversions.campaign)
where conversions.site = $site and conversions.at_lo >= $from_at and conversions.at_hi <= $to_at
group by coalesce(conversions.stage, 'not said'), conversions.currency
order by leads desc, stage, currency
