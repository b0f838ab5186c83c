-- Own pages of $site: those that links of the `standing` lead to, and those that visits from
-- links entered through up to $until. The visits add up to the ledger's.
with
came as (
    select
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
    group by sessions.entry_page
),
linked as (
    select
        landing_path as page,
        count(distinct case when live then source_identity end) as domains,
        count(case when live then 1 end) as links,
        count(case when live and followed then 1 end) as followed_links,
        count(case when gone then 1 end) as lost_links,
        round(sum(search_share), 9) as search_share
    from standing
    where row_kind = 'link' and landing_path is not null
    group by landing_path
),
measured as (
    select count(*) as days from page_days where site = $site and day <= $until_day
)
select
    coalesce(linked.page, came.page) as page,
    coalesce(linked.domains, 0) as domains,
    coalesce(linked.links, 0) as links,
    coalesce(linked.followed_links, 0) as followed_links,
    coalesce(linked.lost_links, 0) as lost_links,
    linked.search_share,
    case when measured.days > 0 then coalesce(came.visits, 0) end as visits,
    case when measured.days > 0 then coalesce(came.engaged_visits, 0) end as engaged_visits,
    case when measured.days > 0 then coalesce(came.conversions, 0) end as conversions,
    count(*) over () as total
from linked
full outer join came on came.page = linked.page
cross join measured
order by
    case when $sort = 'visits' then came.visits when $sort = 'links' then linked.links end
        desc nulls last,
    domains desc,
    followed_links desc,
    visits desc nulls last,
    page
limit $limit
