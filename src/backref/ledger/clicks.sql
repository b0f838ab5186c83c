-- Organic clicks of $site by exported period and whether the query names the brand (it holds one
-- of `brand_terms`): a row per period, newest first. Queries that Search Console keeps to itself
-- are in no row; `all_clicks` counts theirs too, from the same export's days, or else from the
-- largest of its other tables (a search that showed two pages counts for both), null where none
-- was imported. Loose files belong together as their imports do, those of one command from one
-- folder or archive; where such a batch holds two of a kind, nobody knows which is whose. A query
-- that several exports tell of one period counts once, at its highest: the newest days are finished
-- later, and a filtered export tells a part. Exports that do not say for which days they hold are
-- never added up: each is a period of its own, the one imported last first.
with
told as (
    select rankings.*, coalesce(import_batches.batch, rankings.import_id) as batch
    from rankings
    left join import_batches on import_batches.import_id = rankings.import_id
    where rankings.site = $site
),
whole as (
    select batch, dimension, min(import_id) as import_id
    from told
    where day_hi is null or dimension = 'date'
    group by batch, dimension
    having count(distinct import_id) = 1
),
clicked as (
    select told.*, queried.import_id as queries_import
    from told
    left join whole on whole.batch = told.batch and whole.dimension = told.dimension
    left join whole as queried on queried.batch = whole.batch and queried.dimension = 'query'
),
queries as (
    select
        day_lo,
        day_hi,
        case when day_hi is null then import_id end as undated,
        value,
        max(clicks) as clicks
    from told
    where dimension = 'query'
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
),
periods as (
    select
        day_lo,
        day_hi,
        undated,
        cast(sum(case when brand then 0 else clicks end) as bigint) as non_brand_clicks,
        cast(sum(case when brand then clicks else 0 end) as bigint) as brand_clicks
    from branded
    group by day_lo, day_hi, undated
),
period_days as (
    select
        periods.day_lo,
        periods.day_hi,
        periods.undated,
        clicked.day_lo as day,
        max(clicked.clicks) as clicks
    from periods
    inner join clicked
        on (clicked.day_lo >= periods.day_lo and clicked.day_hi <= periods.day_hi)
        or clicked.queries_import = periods.undated
    where clicked.dimension = 'date'
    group by periods.day_lo, periods.day_hi, periods.undated, clicked.day_lo
),
totals_of_days as (
    select
        day_lo,
        day_hi,
        undated,
        min(day) as first_day,
        max(day) as last_day,
        cast(sum(clicks) as bigint) as clicks
    from period_days
    group by day_lo, day_hi, undated
),
other_tables as (
    select
        periods.day_lo,
        periods.day_hi,
        periods.undated,
        cast(sum(clicked.clicks) as bigint) as clicks
    from periods
    inner join clicked
        on (clicked.day_lo = periods.day_lo and clicked.day_hi = periods.day_hi)
        or (clicked.day_hi is null and clicked.queries_import = periods.undated)
    where clicked.dimension in ('page', 'country', 'device')
    group by periods.day_lo, periods.day_hi, periods.undated, clicked.import_id, clicked.dimension
),
totals_of_tables as (
    select day_lo, day_hi, undated, max(clicks) as clicks
    from other_tables
    group by day_lo, day_hi, undated
)
select
    periods.day_lo,
    periods.day_hi,
    periods.non_brand_clicks,
    periods.brand_clicks,
    case
        when coalesce(totals_of_days.clicks, totals_of_tables.clicks) is not null
            then greatest(
                coalesce(totals_of_days.clicks, totals_of_tables.clicks),
                periods.non_brand_clicks + periods.brand_clicks
            )
    end as all_clicks,
    totals_of_days.first_day,
    totals_of_days.last_day
from periods
left join totals_of_days
    on totals_of_days.day_lo is not distinct from periods.day_lo
    and totals_of_days.day_hi is not distinct from periods.day_hi
    and totals_of_days.undated is not distinct from periods.undated
left join totals_of_tables
    on totals_of_tables.day_lo is not distinct from periods.day_lo
    and totals_of_tables.day_hi is not distinct from periods.day_hi
    and totals_of_tables.undated is not distinct from periods.undated
order by periods.day_hi desc nulls last, periods.day_lo desc nulls last, periods.undated desc
