-- What was agreed at $site for links on $source_page, the latest first.
select
    day,
    live_url,
    target_url,
    target_page,
    anchor,
    rel,
    acquired,
    contact,
    cost,
    currency,
    owner,
    campaign,
    code
from agreed
where site = $site and source_page = $source_page and coalesce(day, $until_day) <= $until_day
order by day desc nulls last, row_id
