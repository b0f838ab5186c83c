-- What was agreed at $site up to $until_day, each placement once, with the link that `fitting` says
-- fits it best and the people that came by it: a row per placement. Visits that carried its
-- tag or code are its own; those of its link are the first placement's alone. `visits` and
-- `engaged_visits` are those since $since_day; `engaged_ever` all of them.
with
placed as (
    select
        agreed.*,
        fitting.link_id,
        row_number() over (
            partition by fitting.link_id
            order by agreed.cost desc nulls last, agreed.acquired desc nulls last, agreed.row_id
        ) as share
    from agreed
    left join fitting on fitting.row_id = agreed.row_id
),
sent as (
    select
        link_id,
        placement_id,
        sum(case when $since_day is null or day >= $since_day then visits else 0 end) as visits,
        sum(case when $since_day is null or day >= $since_day then engaged_visits else 0 end)
            as engaged_visits,
        sum(engaged_visits) as engaged_ever
    from visit_sums
    where site = $site and day <= $until_day
    group by link_id, placement_id
),
came as (
    select
        placed.row_id,
        sum(sent.visits) as visits,
        sum(sent.engaged_visits) as engaged_visits,
        sum(sent.engaged_ever) as engaged_ever
    from placed
    inner join sent
        on sent.placement_id = placed.row_id
        or (sent.placement_id is null and placed.share = 1 and sent.link_id = placed.link_id)
    group by placed.row_id
)
select
    placed.row_id,
    placed.link_id,
    placed.live_url,
    placed.source_page,
    placed.source_host,
    placed.source_identity,
    placed.target_url,
    placed.target_page,
    placed.anchor,
    placed.rel,
    placed.acquired,
    placed.contact,
    placed.day,
    placed.cost,
    placed.currency,
    placed.owner,
    placed.campaign,
    placed.code,
    coalesce(came.visits, 0) / 1e9 as visits,
    coalesce(came.engaged_visits, 0) / 1e9 as engaged_visits,
    coalesce(came.engaged_ever, 0) / 1e9 as engaged_ever
from placed
left join came on came.row_id = placed.row_id
order by placed.source_page, placed.target_page nulls last, placed.day nulls last, placed.row_id
