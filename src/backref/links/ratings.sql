-- What is said of each referring domain: its authority in the foremost graph that we ranked, and one
-- published rating, both 0 to 100. Grain: one (target domain, source identity) that anybody rated or
-- that the graph knows, with the bucket of its links; of the domains from $first to $last.
--
-- Our own authority comes first wherever one figure is needed. A publisher on a platform has none,
-- for a graph knows only the platform.
--
-- Ratings are never averaged or mixed. The first in the order of `metrics` that exists is taken
-- whole: vendors before Common Crawl, domains before pages. Of a domain's rating the latest value
-- counts (dated before undated, then the higher), of pages the strongest that carries a link. A
-- rank goes on the scale by its logarithm: position 1 is 100 points and every tenfold fall
-- costs 12.5, so that position 100 million is 0. The newest release that ranks a domain
-- counts; of several ranks of no known release the middle one, of two middle ones the worse, and the
-- name says that several were told. A publisher on a platform has only ratings of
-- its own or of its pages: the platform's says nothing of it.
with metrics (preference, scope, vendor, metric, rating_by) as (
    values
        (1, 'domain', 'ahrefs', 'DR', 'ahrefs DR'),
        (2, 'domain', 'semrush', 'ascore', 'semrush ascore'),
        (3, 'domain', 'majestic', 'TF', 'majestic TF'),
        (4, 'domain', 'moz', 'DA', 'moz DA'),
        (5, 'page', 'ahrefs', 'UR', 'ahrefs page UR'),
        (6, 'page', 'semrush', 'ascore', 'semrush page ascore'),
        (7, 'page', 'majestic', 'TF', 'majestic page TF'),
        (8, 'page', 'moz', 'PA', 'moz page PA')
),
subjects as (
    select distinct
        partition, target_domain, source_identity, 'domain' as scope, source_identity as subject
    from links
    where target_domain between $first and $last
    union all
    select distinct partition, target_domain, source_identity, 'page' as scope, source_page
    from links
    where target_domain between $first and $last
),
ranks_told as (
    select
        domain,
        9 as preference,
        'common crawl harmonic rank' as rating_by,
        harmonic_pos as pos,
        rank() over (partition by domain order by release desc nulls last) as age
    from domain_ranks
    where level = 'domain' and harmonic_pos > 0
        and domain in (select subject from subjects where scope = 'domain')
    union all
    select
        domain,
        10 as preference,
        'common crawl pagerank rank' as rating_by,
        pagerank_pos as pos,
        rank() over (partition by domain order by release desc nulls last) as age
    from domain_ranks
    where level = 'domain' and pagerank_pos > 0
        and domain in (select subject from subjects where scope = 'domain')
),
ranks as (
    select
        domain,
        preference,
        rating_by,
        pos,
        count(*) over (partition by domain, preference) as told,
        row_number() over (partition by domain, preference order by pos) as place
    from ranks_told
    where age = 1
),
said as (
    select
        metrics.preference,
        metrics.scope,
        ratings.subject,
        metrics.rating_by,
        ratings.value as rating,
        case metrics.scope when 'domain' then ratings.observed_hi end as at
    from ratings
    inner join metrics
        on metrics.scope = ratings.scope
        and metrics.vendor = ratings.vendor
        and metrics.metric = ratings.metric
    where ratings.value between 0 and 100
    union all
    select
        preference,
        'domain',
        domain,
        case when told = 1 then rating_by else concat(rating_by, ', several releases') end,
        greatest(0.0, 100 - 12.5 * ln(pos) / ln(10)),
        null
    from ranks
    where place * 2 in (told + 1, told + 2)
),
authorities as (
    select
        subjects.partition,
        subjects.target_domain,
        subjects.source_identity,
        authority.authority,
        authority.authority_lo,
        authority.authority_hi,
        authority.handed_on,
        concat('authority, ', authority.graph) as authority_by
    from subjects
    inner join authority
        on subjects.scope = 'domain'
        and authority.domain = subjects.subject
        and authority.foremost
),
ordered as (
    select
        subjects.partition,
        subjects.target_domain,
        subjects.source_identity,
        said.rating,
        said.rating_by,
        row_number() over (
            partition by subjects.target_domain, subjects.source_identity
            order by said.preference, said.at desc nulls last, said.rating desc
        ) as place
    from subjects
    inner join said on said.scope = subjects.scope and said.subject = subjects.subject
)
select
    coalesce(rated.partition, authorities.partition) as partition,
    coalesce(rated.target_domain, authorities.target_domain) as target_domain,
    coalesce(rated.source_identity, authorities.source_identity) as source_identity,
    rating,
    rating_by,
    authority,
    authority_lo,
    authority_hi,
    authority_by,
    handed_on
from (select * from ordered where place = 1) as rated
full outer join authorities
    on authorities.target_domain = rated.target_domain
    and authorities.source_identity = rated.source_identity
