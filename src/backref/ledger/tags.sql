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
    placements.code,
    placements.campaign,
    placements.target_url,
    placements.live_url,
    placements.source_identity,
    placements.contact,
    placements.day,
    coalesce(came.visits, 0) / 1e9 as visits,
    coalesce(came.engaged_visits, 0) / 1e9 as engaged_visits,
    coalesce(came.conversions, 0) / 1e9 as conversions,
    came.last_day,
    count(*) over () as total
from placements
left join came on came.placement_id = placements.row_id
where placements.site = $site
    and (placements.code is not null or placements.campaign is not null)
    and coalesce(placements.day, $until_day) <= $until_day
order by placements.day desc nulls last, placements.code nulls last, placements.row_id
limit $limit
