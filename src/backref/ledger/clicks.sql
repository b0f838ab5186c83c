-- Organic clicks of $site by exported period and whether the query names the brand (it holds one
-- of `brand_terms`): a row per period, newest first. Queries that Search Console keeps to itself
-- are in no row; `all_clicks` counts theirs too, from the same export's days, or else from the
-- largest of its other tables (a search that showed two pages counts for both), null where none
-- was imported. A loose file that does not say its days belongs with those of its own kind that
-- were imported just before or after it, as an export's files are. A query that several exports tell of one period counts once, at its highest: the
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
        rankings.day_lo as day,
        max(rankings.clicks) as clicks
    from periods
    inner join rankings
        on (rankings.day_lo >= periods.day_lo and rankings.day_hi <= periods.day_hi)
        or abs(rankings.import_id - periods.undated) <= 5
    where rankings.site = $site and rankings.dimension = 'date'
    group by periods.day_lo, periods.day_hi, periods.undated, rankings.day_lo
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
        cast(sum(rankings.clicks) as bigint) as clicks
    from periods
    inner join rankings
        on (rankings.day_lo = periods.day_lo and rankings.day_hi = periods.day_hi)
        or (rankings.day_hi is null and abs(rankings.import_id - periods.undated) <= 5)
    where rankings.site = $site and rankings.dimension in ('page', 'country', 'device')
    group by
        periods.day_lo, periods.day_hi, periods.undated, rankings.import_id, rankings.dimension
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
