-- Dead targets on $site that links or people from outside still hit: pages whose latest answer
-- up to $until_day was 404 or 410; of pages without any, those that a vendor's export calls so.
-- People and bots are null without a log. Requests count from $since_day on. Scanners that try
-- names nobody links to are not here, since they come without a referrer. `host` is null for the
-- main host; a page of one host is never the page of another.
with
answers as (
    select
        nullif(host, $site) as host,
        page,
        status,
        day,
        row_number() over (
            partition by nullif(host, $site), page
            order by day desc, case when status in (404, 410) then 1 else 0 end, status
        ) as turn
    from page_days
    where site = $site and day <= $until_day and status <> 304
),
-- What a vendor saw our page answer counts for pages that no log tells of.
told as (
    select
        page_host as host,
        landing_path as page,
        target_status as status,
        row_number() over (
            partition by page_host, landing_path order by last_seen_hi desc nulls last, target_status
        ) as turn
    from standing
    where row_kind = 'link'
        and not gone
        and landing_path is not null
        and target_status is not null
        and not exists (
            select 1 from answers
            where answers.page = standing.landing_path
                and answers.host is not distinct from standing.page_host
        )
),
dead as (
    select host, page, status from answers where turn = 1 and status in (404, 410)
    union all
    select host, page, status from told where turn = 1 and status in (404, 410)
),
logged as (
    select distinct nullif(host, $site) as host
    from log_days
    where site = $site and day <= $until_day and not without_referrers
),
requests as (
    select
        dead.host,
        dead.page,
        cast(sum(case when referrer_host is not null then people else 0 end) as bigint) as people,
        cast(sum(case when referrer_host is not null then bots else 0 end) as bigint) as bots,
        max(case when referrer_host is not null then day end) as last_hit
    from page_days
    inner join dead
        on dead.page = page_days.page
        and dead.host is not distinct from nullif(page_days.host, $site)
    where page_days.site = $site
        and page_days.day <= $until_day
        and ($since_day is null or page_days.day >= $since_day)
        and page_days.status in (404, 410)
    group by dead.host, dead.page
),
linked as (
    select
        page_host as host,
        landing_path as page,
        count(link_id) as links,
        count(distinct source_identity) as domains
    from standing
    where row_kind = 'link' and not gone and landing_path is not null
    group by page_host, landing_path
),
measured as (
    select
        dead.*,
        exists (
            select 1 from logged where logged.host is not distinct from dead.host
        ) as measurable
    from dead
)
select
    measured.host,
    measured.page,
    measured.status,
    coalesce(linked.links, 0) as links,
    coalesce(linked.domains, 0) as domains,
    case when measurable then coalesce(requests.people, 0) end as people,
    case when measurable then coalesce(requests.bots, 0) end as bots,
    requests.last_hit,
    count(*) over () as total
from measured
left join requests
    on requests.page = measured.page and requests.host is not distinct from measured.host
left join linked
    on linked.page = measured.page and linked.host is not distinct from measured.host
where coalesce(linked.links, 0) > 0 or coalesce(requests.people, 0) > 0
order by people desc nulls last, domains desc, links desc, measured.host nulls first, measured.page
limit $limit
