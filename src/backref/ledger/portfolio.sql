-- How every site stands, the most troubled first: a row per site. Links lost since $since
-- stand with the visits a month that went with them, dead targets with the people who still ask
-- for them, and how old the newest evidence is.
with
linked as (
    select
        ledger.site,
        count(distinct case when ledger.state in ('live', 'suspect')
            and not coalesce(links.last_seen_hi < $stale, false) then ledger.source_identity end)
            as live_domains,
        count(case when ledger.state in ('lost', 'reported lost') and links.lost_hi > $since
            then 1 end) as lost_links,
        count(distinct case when ledger.state in ('lost', 'reported lost')
            and links.lost_hi > $since then ledger.source_identity end) as lost_domains,
        sum(case when ledger.state in ('lost', 'reported lost') and links.lost_hi > $since
            then coalesce(ledger.monthly_visits, 0) else 0 end) as lost_visits,
        count(case when ledger.state = 'suspect' then 1 end) as suspects,
        sum(ledger.monthly_visits) as monthly_visits,
        max(links.last_verified) as last_verified
    from ledger
    left join links on links.link_id = ledger.link_id
    group by ledger.site
),
logs as (
    select site, max(day) as last_log from log_days group by site
),
dead as (
    select
        site,
        count(distinct page) as dead_pages,
        cast(sum(people) as bigint) as dead_people
    from page_days
    where status in (404, 410) and referrer_host is not null and people > 0 and day >= $since_day
    group by site
)
select
    sites.site,
    linked.live_domains,
    linked.lost_domains,
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
left join logs on logs.site = sites.site
left join dead on dead.site = sites.site
order by
    lost_visits desc nulls last,
    dead_people desc nulls last,
    lost_domains desc nulls last,
    sites.site
