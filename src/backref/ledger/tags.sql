-- The placements of $site that carry a code or campaign tag, and the people who came by it up to
-- $until_day: a row per placement.
with
came as (
    select
        placement_id,
        sum(visits) as visits,
        sum(engaged_visits) as engaged_visits,
        sum(conversions) as conversions,
        max(day) as last_day
    from visit_sums
    where site = $site and placement_id is not null and day <= $until_day
    group by placement_id
)
select
    agreed.code,
    agreed.campaign,
    agreed.target_url,
    agreed.live_url,
    agreed.source_identity,
    agreed.contact,
    agreed.day,
    coalesce(came.visits, 0) / 1e9 as visits,
    coalesce(came.engaged_visits, 0) / 1e9 as engaged_visits,
    coalesce(came.conversions, 0) / 1e9 as conversions,
    came.last_day,
    count(*) over () as total
from agreed
left join came on came.placement_id = agreed.row_id
where agreed.site = $site
    and (agreed.code is not null or agreed.campaign is not null)
    and coalesce(agreed.day, $until_day) <= $until_day
order by agreed.day desc nulls last, agreed.code nulls last, agreed.row_id
limit $limit
