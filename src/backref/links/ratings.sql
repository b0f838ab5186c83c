-- One published rating per domain, 0 to 100. Grain: one registrable domain.
--
-- Ratings are never averaged or mixed: the first of ahrefs DR, semrush ascore, majestic TF,
-- Common Crawl's harmonic rank and its PageRank rank that exists is taken whole, in its latest
-- value (undated before dated, then the higher). A rank is put on the scale by its logarithm:
-- position 1 is 100 points and every tenfold fall costs 12.5, so that position 100 million is 0.
with said as (
    select
        subject as domain,
        case vendor when 'ahrefs' then 1 when 'semrush' then 2 else 3 end as preference,
        concat_ws(' ', vendor, metric) as rating_by,
        value as rating,
        observed_hi
    from ratings
    where scope = 'domain'
        and value between 0 and 100
        and (
            (vendor = 'ahrefs' and metric = 'DR')
            or (vendor = 'semrush' and metric = 'ascore')
            or (vendor = 'majestic' and metric = 'TF')
        )
    union all
    select
        domain,
        4,
        'common crawl harmonic rank',
        greatest(0.0, 100 - 12.5 * ln(harmonic_pos) / ln(10)),
        null
    from domain_ranks
    where level = 'domain' and harmonic_pos > 0
    union all
    select
        domain,
        5,
        'common crawl pagerank rank',
        greatest(0.0, 100 - 12.5 * ln(pagerank_pos) / ln(10)),
        null
    from domain_ranks
    where level = 'domain' and pagerank_pos > 0
),
wanted as (
    select distinct source_identity from links
),
ordered as (
    select
        said.*,
        row_number() over (
            partition by domain order by preference, observed_hi desc nulls last, rating desc
        ) as place
    from said
    inner join wanted on wanted.source_identity = said.domain
)
select domain, rating, rating_by
from ordered
where place = 1
