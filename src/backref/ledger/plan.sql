-- What was agreed at $site up to $until_day, each placement once, with the link of the `standing`
-- that fits it best and the people that came by it: a row per placement. Visits that carried its
-- tag or code are its own; those of its link are the first placement's alone. `visits` and
-- `engaged_visits` are those since $since_day; `engaged_ever` all of them.
with
told as (
    select
        placements.*,
        row_number() over (
            partition by source_page, target_page, lower(campaign), lower(code)
            order by
                day desc nulls last,
                import_id desc,
                cost desc nulls last,
                currency desc nulls last,
                acquired desc nulls last,
                owner desc nulls last,
                contact desc nulls last,
                row_id
        ) as turn
    from placements
    where site = $site and coalesce(day, $until_day) <= $until_day
),
fits as (
    select
        told.row_id,
        standing.link_id,
        row_number() over (
            partition by told.row_id
            order by
                case
                    when told.target_page = standing.target_page then 0
                    when standing.placement_id = told.row_id then 1
                    when told.target_page is null then 2
                    else 3
                end,
                case when standing.state = 'never verified' then 1 else 0 end,
                case when standing.live then 0 else 1 end,
                standing.link_id
        ) as choice
    from told
    inner join standing
        on standing.source_page = told.source_page and standing.row_kind = 'link'
    where told.turn = 1
        and (
            told.target_page is null
            or standing.target_page is null
            or told.target_page = standing.target_page
            or standing.placement_id = told.row_id
        )
),
agreed as (
    select
        told.*,
        fits.link_id,
        row_number() over (
            partition by fits.link_id
            order by told.cost desc nulls last, told.acquired desc nulls last, told.row_id
        ) as share
    from told
    left join fits on fits.row_id = told.row_id and fits.choice = 1
    where told.turn = 1
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
        agreed.row_id,
        sum(sent.visits) as visits,
        sum(sent.engaged_visits) as engaged_visits,
        sum(sent.engaged_ever) as engaged_ever
    from agreed
    inner join sent
        on sent.placement_id = agreed.row_id
        or (sent.placement_id is null and agreed.share = 1 and sent.link_id = agreed.link_id)
    group by agreed.row_id
)
select
    agreed.row_id,
    agreed.link_id,
    agreed.live_url,
    agreed.source_page,
    agreed.source_host,
    agreed.source_identity,
    agreed.target_url,
    agreed.target_page,
    agreed.anchor,
    agreed.rel,
    agreed.acquired,
    agreed.contact,
    agreed.day,
    agreed.cost,
    agreed.currency,
    agreed.owner,
    agreed.campaign,
    agreed.code,
    coalesce(came.visits, 0) / 1e9 as visits,
    coalesce(came.engaged_visits, 0) / 1e9 as engaged_visits,
    coalesce(came.engaged_ever, 0) / 1e9 as engaged_ever
from agreed
left join came on came.row_id = agreed.row_id
order by agreed.source_page, agreed.target_page nulls last, agreed.day nulls last, agreed.row_id
