-- How long each link of the `standing` is known to have lived, and what it belongs to. Grain: one
-- link that somebody dated. `agreed` tells who sold or placed it.
select
    standing.link_id,
    first_seen_lo as born,
    case when standing.state = 'lost' then lost_lo else last_seen_hi end as lived,
    case when standing.state = 'lost' then lost_hi end as lost,
    coalesce(standing.acquired, 'not known') as acquired,
    coalesce(agreed.contact, 'nobody agreed') as vendor,
    coalesce(standing.position, 'not known') as position,
    standing.cost,
    standing.currency
from standing
left join agreed on agreed.row_id = standing.placement_id
where row_kind = 'link'
    and first_seen_lo is not null
    and case when standing.state = 'lost' then lost_lo else last_seen_hi end >= first_seen_lo
order by standing.link_id
