-- Links of the `standing`, chosen, sorted and cut; `total` is how many were chosen. What brought
-- equally many visits, or cannot be measured, stands in the order of its search share. A null parameter chooses everything.
-- $since keeps what began or ended at or after it.
select link_id, count(*) over () as total
from standing
where row_kind = 'link'
    and ($states is null or strpos($states, concat('|', state, '|')) > 0)
    and ($domain is null or source_identity = $domain or source_domain = $domain)
    and (
        $page is null
        or landing_path = $page
        or target_page = $page
        or concat(page_host, landing_path) = $page
    )
    and (
        $since is null
        or (gone and lost_hi >= $since)
        or (not gone and first_seen_lo >= $since)
    )
order by
    case
        when $sort = 'visits' then monthly_visits
        when $sort = 'conversions' then conversions
        when $sort = 'leads' then leads
        when $sort = 'search' then search_share
        when $sort = 'cost' then cost
    end desc nulls last,
    case
        when $sort = 'visits' then visits
    end desc nulls last,
    case
        when $sort = 'visits' then search_share
    end desc nulls last,
    case
        when $sort = 'first-seen' then first_seen_lo
        when $sort = 'last-seen' then last_seen_hi
        when $sort = 'lost' then lost_hi
    end desc nulls last,
    source_page,
    target_page nulls last,
    link_id
limit $limit
