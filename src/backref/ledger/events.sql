-- What happened to the links of the `standing`, the latest known first: found, and all that
-- `link_events` tells. A null parameter chooses everything; $since keeps what was known, by the
-- look that confirmed it or by the first, at or after it. Grain: one event.
with happened as (
    select
        link_id,
        kind,
        certainty,
        at_lo,
        at_hi,
        confirmed_at,
        value_before,
        value_after,
        context_before,
        context_after,
        proof_before,
        proof_after
    from link_events
    union all
    select
        link_id,
        'found',
        'once',
        null,
        first_seen_lo,
        null,
        null,
        'live',
        null,
        null,
        null,
        null
    from standing
    where row_kind = 'link' and first_seen_lo is not null
)
select
    happened.*,
    coalesce(confirmed_at, at_hi) as known_at,
    source_page,
    source_url,
    source_identity,
    target_page,
    target_url,
    state,
    acquired,
    cost,
    currency,
    owner,
    campaign,
    monthly_visits,
    count(*) over () as total
from happened
inner join standing on standing.link_id = happened.link_id and standing.row_kind = 'link'
where ($since is null or coalesce(confirmed_at, at_hi) >= $since)
    and ($kinds is null or strpos($kinds, concat('|', kind, '|')) > 0)
order by coalesce(confirmed_at, at_hi) desc, source_page, target_page nulls last, kind, at_hi
limit $limit
