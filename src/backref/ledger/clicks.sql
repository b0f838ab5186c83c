-- Organic clicks of $site by exported period and whether the query names the brand (it holds one
-- of `brand_terms`): a row per period, newest first. Queries that Search Console keeps to itself
-- are in no row. A query that several exports tell of one period counts once, at its highest: the
-- newest days are finished later, and a filtered export tells a part. Exports that do not say for
-- which days they hold are never added up: each is a period of its own, the one imported last
-- first.
with
queries as (
    select
        day_lo,
        day_hi,
        case when day_hi is null then import_id end as undated,
        value,
        max(clicks) as clicks
    from rankings
    where site = $site
        and dimension = 'query'
        and (day_hi is null or day_hi <= $until_day)
    group by day_lo, day_hi, case when day_hi is null then import_id end, value
),
branded as (
    select
        *,
        exists (
            select 1 from brand_terms where strpos(lower(queries.value), brand_terms.term) > 0
        ) as brand
    from queries
)
select
    day_lo,
    day_hi,
    cast(sum(case when brand then 0 else clicks end) as bigint) as non_brand_clicks,
    cast(sum(case when brand then clicks else 0 end) as bigint) as brand_clicks
from branded
group by day_lo, day_hi, undated
order by day_hi desc nulls last, day_lo desc nulls last, undated desc
