-- Visits of people at $site by channel from $since_day up to $until_day, with the links that they
-- came through: a row per channel. Its visits through links add up to the ledger's.
with
came as (
    select
        visit_links.*,
        case when certainty in ('tagged', 'page', 'only candidate', 'inferred', 'host')
            then cast(round(share * 1000000000) as bigint) else 0 end as part
    from visit_links
    where site = $site
        and verdict = 'person'
        and day <= $until_day
        and ($since_day is null or day >= $since_day)
)
select
    came.channel as group_key,
    count(distinct standing.source_identity) as domains,
    count(distinct case when standing.live then standing.source_identity end) as live_domains,
    count(distinct came.link_id) as links,
    count(distinct case when standing.live then came.link_id end) as live_links,
    count(distinct case when standing.live and standing.followed then came.link_id end)
        as followed_links,
    count(distinct case when standing.gone then came.link_id end) as lost_links,
    cast(null as double) as search_share,
    round(sum(part) / 1e9, 6) as visits,
    cast(null as double) as monthly_visits,
    round(sum(case when came.engaged then part else 0 end) / 1e9, 6) as engaged_visits,
    round(sum(case when came.conversions > 0 then part else 0 end) / 1e9, 6) as converted_visits,
    round(sum(part * came.conversions) / 1e9, 6) as conversions,
    cast(null as bigint) as leads,
    round(sum(case when certainty = 'tagged' then part else 0 end) / 1e9, 6) as visits_tagged,
    round(sum(case when certainty = 'page' then part else 0 end) / 1e9, 6) as visits_page,
    round(sum(case when certainty = 'only candidate' then part else 0 end) / 1e9, 6)
        as visits_only_candidate,
    round(sum(case when certainty = 'inferred' then part else 0 end) / 1e9, 6) as visits_inferred,
    round(sum(case when certainty = 'host' then part else 0 end) / 1e9, 6) as visits_host,
    count(*) over () as total
from came
left join standing on standing.link_id = came.link_id
group by came.channel
having sum(part) > 0
order by visits desc, group_key
limit $limit
