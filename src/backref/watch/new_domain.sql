-- Domains whose first link to $site was seen after $after and not after $until: a row per domain.
-- One with a link that nobody dated may be as old as any and is never new. It is told of by its
-- first link, of several at once by that of the least number.
with
placed as (
    select
        links.*,
        ledger.source_identity,
        ledger.acquired as bought,
        row_number() over (
            partition by ledger.source_identity order by links.first_seen_hi, links.link_id
        ) as place
    from ledger
    inner join links on links.link_id = ledger.link_id
    where ledger.site = $site and links.state <> 'never verified'
),
born as (
    select
        source_identity as domain,
        min(first_seen_lo) as at_lo,
        min(first_seen_hi) as at_hi,
        max(last_seen_hi) as last_seen,
        bool_or(state in ('live', 'suspect')) as stands,
        max(lost_hi) as lost_hi,
        min(bought) as acquired
    from placed
    group by source_identity
    having count(*) = count(first_seen_lo)
),
rated as (
    select source_identity, max(rating) as rating from referring_domains group by source_identity
)
select
    told.link_id,
    'new domain' as kind,
    at_hi as known,
    domain,
    told.source_url,
    told.title,
    told.landing_path as page,
    acquired,
    at_lo,
    at_hi,
    cast(null as varchar) as before,
    told.anchor as after,
    rated.rating as measure,
    case
        when not stands and born.lost_hi <= at_hi + interval 30 day then false
        when last_seen > at_hi then true
    end as borne_out
from born
inner join placed as told on told.source_identity = born.domain and told.place = 1
left join rated on rated.source_identity = born.domain
where at_hi > $after
    and at_hi <= $until
    and ($threshold <= 0 or rated.rating >= $threshold)
order by known, domain
