-- How every site stands, the most troubled first: a row per site. Links lost since $since
-- stand with the visits a month that went with them, dead targets with the people who still ask
-- for them, and how old the newest evidence is.
with
facts as (
    select
        ledger.site,
        ledger.source_identity,
        ledger.link_id,
        ledger.state,
        ledger.monthly_visits,
        links.last_verified,
        ledger.state in ('live', 'suspect')
            and not coalesce(links.last_seen_hi < $stale, false) as live,
        ledger.state in ('live', 'suspect') as standing,
        coalesce(ledger.state in ('lost', 'reported lost') and links.lost_hi > $since, false) as went
    from ledger
    left join links on links.link_id = ledger.link_id
),
domains as (
    select
        site,
        source_identity,
        max(case when live then 1 else 0 end) as live,
        max(case when went then 1 else 0 end)
            * (1 - max(case when standing then 1 else 0 end)) as lost
    from facts
    where link_id is not null
    group by site, source_identity
),
counted as (
    select site, sum(live) as live_domains, sum(lost) as lost_domains from domains group by site
),
linked as (
    select
        site,
        count(case when went then 1 end) as lost_links,
        sum(case when went then coalesce(monthly_visits, 0) else 0 end) as lost_visits,
        count(case when state = 'suspect' then 1 end) as suspects,
        sum(monthly_visits) as monthly_visits,
        max(last_verified) as last_verified
    from facts
    group by site
),
logs as (
    select site, max(day) as last_log from log_days group by site
),
-- A page is dead whose latest answer says so, as `dead_pages.sql` tells of one site.
answers as (
    select
        site,
        host,
        page,
        status,
        row_number() over (
            partition by site, nullif(host, site), page
            order by day desc, case when status in (404, 410) then 1 else 0 end, status
        ) as turn
    from page_days
    where status <> 304
),
asked as (
    select
        answers.site,
        answers.host,
        answers.page,
        sum(page_days.people) as people
    from answers
    inner join page_days
        on page_days.site = answers.site
        and nullif(page_days.host, page_days.site)
            is not distinct from nullif(answers.host, answers.site)
        and page_days.page = answers.page
    where answers.turn = 1
        and answers.status in (404, 410)
        and page_days.status in (404, 410)
        and page_days.referrer_host is not null
        and page_days.people > 0
        and page_days.day >= $since_day
    group by answers.site, answers.host, answers.page
),
dead as (
    select site, count(*) as dead_pages, cast(sum(people) as bigint) as dead_people
    from asked
    group by site
)
select
    sites.site,
    cast(counted.live_domains as bigint) as live_domains,
    cast(counted.lost_domains as bigint) as lost_domains,
    linked.lost_links,
    round(linked.lost_visits, 6) as lost_visits,
    linked.suspects,
    round(linked.monthly_visits, 6) as monthly_visits,
    linked.last_verified,
    logs.last_log,
    dead.dead_pages,
    dead.dead_people
from sites
left join linked on linked.site = sites.site
left join counted on counted.site = sites.site
left join logs on logs.site = sites.site
left join dead on dead.site = sites.site
order by
    lost_visits desc nulls last,
    dead_people desc nulls last,
    lost_domains desc nulls last,
    sites.site
