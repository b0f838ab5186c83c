-- Common Crawl's published ranks of the domains that link to $site and of its own. Grain: a domain.
--
-- Of each domain the newest release counts that tells of it. `ranked` is how many domains that
-- release ranks, null where no file told; by it a position becomes the share of them that stand
-- behind the domain. A domain that was looked for and is not ranked has a release and no position.
with
named as (
    select source_domain as domain, 'links' as what from standing where row_kind = 'link'
    union
    select host, 'own' from site_hosts where site = $site
),
domains as (
    select domain, max(what) as what
    from named
    group by domain
),
releases as (
    select release, max(ranked) as ranked
    from domain_ranks
    where level = 'domain'
    group by release
),
told as (
    select
        domain_ranks.*,
        row_number() over (
            partition by domain order by release desc nulls last, harmonic_pos nulls last, row_id
        ) as turn
    from domain_ranks
    where level = 'domain' and domain in (select domain from domains)
)
select
    domains.domain,
    domains.what,
    told.release,
    releases.ranked,
    told.harmonic_pos,
    told.harmonic,
    case when told.harmonic_pos <= releases.ranked
        then 100.0 * (releases.ranked - told.harmonic_pos) / nullif(releases.ranked, 0)
    end as harmonic_percentile,
    told.pagerank_pos,
    told.pagerank,
    case when told.pagerank_pos <= releases.ranked
        then 100.0 * (releases.ranked - told.pagerank_pos) / nullif(releases.ranked, 0)
    end as pagerank_percentile,
    told.hosts
from domains
left join told on told.domain = domains.domain and told.turn = 1
left join releases on releases.release = told.release
order by told.harmonic_pos nulls last, domains.domain
