-- Which link an observation belongs to. Grain: one (source page, target domain, target page as
-- observed); `target_page` is the link's.
--
-- An observation may know the source page and the site alone (Search Console). It then belongs
-- to the only link that is known from that page to that domain: seen ones first, else agreed
-- ones. With several it proves none in particular, and with none there is nothing to join: both
-- keep a link of their own, without target. That depends on the set of observations alone.
with pairs as (
    select
        partition,
        source_page,
        target_domain,
        target_page as observed_page,
        bool_or(assertion in ('present', 'reported_lost')) as seen
    from link_observations
    group by partition, source_page, target_domain, target_page
),
known as (
    select
        source_page,
        target_domain,
        count(*) as pages,
        count(*) filter (where seen) as seen_pages,
        min(observed_page) as page,
        min(observed_page) filter (where seen) as seen_page
    from pairs
    where observed_page is not null
    group by source_page, target_domain
)
select
    pairs.partition,
    pairs.source_page,
    pairs.target_domain,
    pairs.observed_page,
    coalesce(
        pairs.observed_page,
        case
            when known.seen_pages = 1 then known.seen_page
            when known.pages = 1 then known.page
        end
    ) as target_page
from pairs
left join known
    on known.source_page = pairs.source_page and known.target_domain = pairs.target_domain
