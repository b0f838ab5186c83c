-- Own pages of $site: those that links of the `standing` lead to, and those that visits from
-- links entered through up to $until_day. The visits add up to the ledger's. `host` is null for the
-- main host. Pages of a host that no log tells of are not measurable.
with
came as (
    select
        nullif(sessions.entry_host, $site) as host,
        sessions.entry_page as page,
        round(sum(part) / 1e9, 6) as visits,
        round(sum(case when sessions.engaged then part else 0 end) / 1e9, 6) as engaged_visits,
        round(sum(part * sessions.conversions) / 1e9, 6) as conversions
    from sessions
    inner join (
        select session_id, sum(cast(round(share * 1000000000) as bigint)) as part
        from visit_links
        where site = $site
            and verdict = 'person'
            and day <= $until_day
            and certainty in ('tagged', 'page', 'only candidate', 'inferred', 'host')
        group by session_id
    ) as shares on shares.session_id = sessions.session_id
    where sessions.site = $site and sessions.verdict = 'person'
    group by nullif(sessions.entry_host, $site), sessions.entry_page
),
linked as (
    select
        page_host as host,
        landing_path as page,
        count(distinct case when live then source_identity end) as domains,
        count(case when live then 1 end) as links,
        count(case when live and followed then 1 end) as followed_links,
        count(case when gone then 1 end) as lost_links,
        round(sum(search_share), 9) as search_share
    from standing
    where row_kind = 'link' and landing_path is not null
    group by page_host, landing_path
),
logged as (
    select
        nullif(host, $site) as host,
        min(case when without_referrers then 1 else 0 end) as without_referrers
    from log_days
    where site = $site and day <= $until_day
    group by nullif(host, $site)
),
both_sides as (
    select
        coalesce(linked.host, came.host) as host,
        coalesce(linked.page, came.page) as page,
        coalesce(linked.domains, 0) as domains,
        coalesce(linked.links, 0) as links,
        coalesce(linked.followed_links, 0) as followed_links,
        coalesce(linked.lost_links, 0) as lost_links,
        linked.search_share,
        coalesce(came.visits, 0) as visits,
        coalesce(came.engaged_visits, 0) as engaged_visits,
        coalesce(came.conversions, 0) as conversions
    from linked
    full outer join came on came.page = linked.page and came.host is not distinct from linked.host
),
measured as (
    select
        both_sides.*,
        coalesce(logged.without_referrers = 0, false) as measurable,
        case when logged.without_referrers = 1 then 'no referrers' else 'no log' end as why
    from both_sides
    left join logged on logged.host is not distinct from both_sides.host
)
select
    host,
    page,
    domains,
    links,
    followed_links,
    lost_links,
    search_share,
    case when measurable then visits end as visits,
    case when measurable then engaged_visits end as engaged_visits,
    case when measurable then conversions end as conversions,
    case when not measurable then why end as not_measurable,
    count(*) over () as total
from measured
order by
    case
        when $sort = 'visits' then measured.visits
        when $sort = 'links' then cast(measured.links as double)
    end desc nulls last,
    domains desc,
    followed_links desc,
    measured.visits desc nulls last,
    host nulls first,
    page
limit $limit
