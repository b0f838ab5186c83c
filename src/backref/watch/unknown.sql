-- Links to $site that were agreed or brought people and of which no look could tell for
-- $threshold days, that time having run out after $after and not after $until: a row per link and
-- spell. A look tells when it read the page in full, or found it gone.
with
meant as (
    select
        links.link_id,
        links.source_page,
        links.source_url,
        links.title,
        links.landing_path as page,
        links.state,
        links.lost_hi,
        links.first_seen_hi,
        ledger.source_identity as domain,
        ledger.acquired,
        coalesce(ledger.visits, 0) as visits
    from ledger
    inner join links on links.link_id = ledger.link_id
    where ledger.site = $site
        and (ledger.placement_id is not null or ledger.visits > 0)
        and links.first_seen_hi is not null
),
looks as (
    select meant.link_id, captured.observed_hi as looked
    from meant
    inner join page_observations as captured on captured.page = meant.source_page
    where captured.observed_hi >= meant.first_seen_hi
        and (captured.complete or captured.status in (404, 410))
    union
    select meant.link_id, checks.at
    from meant
    inner join checks on checks.page = meant.source_page
    where checks.told = 'unchanged' and checks.purpose = 'page' and checks.at >= meant.first_seen_hi
    union
    select link_id, first_seen_hi from meant
    union
    select meant.link_id, seen.observed_hi
    from meant
    inner join link_observations as seen
        on seen.source_page = meant.source_page
    where seen.assertion in ('present', 'absent') and seen.observed_hi >= meant.first_seen_hi
),
spells as (
    select
        link_id,
        looked,
        lead(looked) over (partition by link_id order by looked) as next_look,
        looked + interval 1 day * cast($threshold as integer) as known
    from looks
)
select
    meant.link_id,
    'unknown' as kind,
    spells.known,
    domain,
    source_url,
    title,
    page,
    acquired,
    spells.looked as at_lo,
    spells.known as at_hi,
    state as before,
    cast(null as varchar) as after,
    cast($threshold as double) as measure,
    case
        when state in ('lost', 'reported lost') and lost_hi > spells.looked then true
        when spells.next_look is not null then false
    end as borne_out
from spells
inner join meant on meant.link_id = spells.link_id
where spells.known > $after
    and spells.known <= $until
    and coalesce(spells.next_look > spells.known, true)
    and not coalesce(state in ('lost', 'reported lost') and lost_hi <= spells.known, false)
order by spells.known, meant.link_id
