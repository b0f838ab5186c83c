-- Dead targets on $site that links or people from outside still hit: pages whose latest answer
-- up to $until_day was 404 or 410; of pages without any, those that a vendor's export calls so.
-- People and bots are null without a log. Requests count from $since_day on. Scanners that try
-- names nobody links to are not here, since they come without a referrer.
with
answers as (
    select
        page,
        status,
        day,
        row_number() over (
            partition by page
            order by day desc, case when status in (404, 410) then 1 else 0 end, status
        ) as turn
    from page_days
    where site = $site and day <= $until_day and status <> 304
),
-- What a vendor saw our page answer counts for pages that no log tells of.
told as (
    select
        landing_path as page,
        target_status as status,
        row_number() over (
            partition by landing_path order by last_seen_hi desc nulls last, target_status
        ) as turn
    from standing
    where row_kind = 'link'
        and not gone
        and landing_path is not null
        and target_status is not null
        and not exists (select 1 from answers where answers.page = standing.landing_path)
),
dead as (
    select page, status from answers where turn = 1 and status in (404, 410)
    union all
    select page, status from told where turn = 1 and status in (404, 410)
),
measured as (
    select count(*) as days from page_days where site = $site and day <= $until_day
),
requests as (
    select
        page_days.page,
        cast(sum(case when referrer_host is not null then people else 0 end) as bigint) as people,
        cast(sum(case when referrer_host is not null then bots else 0 end) as bigint) as bots,
        max(case when referrer_host is not null then day end) as last_hit
    from page_days
    inner join dead on dead.page = page_days.page
    where page_days.site = $site
        and page_days.day <= $until_day
        and ($since_day is null or page_days.day >= $since_day)
        and page_days.status in (404, 410)
    group by page_days.page
),
linked as (
    select
        landing_path as page,
        count(link_id) as links,
        count(distinct source_identity) as domains
    from standing
    where row_kind = 'link' and not gone and landing_path is not null
    group by landing_path
)
select
    dead.page,
    dead.status,
    coalesce(linked.links, 0) as links,
    coalesce(linked.domains, 0) as domains,
    case when measured.days > 0 then coalesce(requests.people, 0) end as people,
    case when measured.days > 0 then coalesce(requests.bots, 0) end as bots,
    requests.last_hit,
    count(*) over () as total
from dead
cross join measured
left join requests on requests.page = dead.page
left join linked on linked.page = dead.page
where coalesce(linked.links, 0) > 0 or coalesce(requests.people, 0) > 0
order by people desc nulls last, domains desc, links desc, dead.page
limit $limit
