-- How the pages that link to $site are watched at $now: `watched` are pages with a link that is not
-- known to be lost, of which `seen` were looked at since $day, `overdue` by nobody since $month;
-- `failed` are looks since $week that told nothing. What was not asked at all, for its address is
-- refused or its robots.txt forbids it, is no look: so many pages are `unasked` since $week.
with
pages as (
    select distinct links.source_page as page, max(links.last_verified) as looked
    from ledger
    inner join links on links.link_id = ledger.link_id
    where ledger.site = $site and links.state in ('live', 'suspect', 'unknown', 'never verified')
    group by links.source_page
),
mine as (
    select distinct links.source_page as page
    from ledger
    inner join links on links.link_id = ledger.link_id
    where ledger.site = $site
),
looks as (
    select checks.page, checks.at as seen_at, checks.told
    from checks
    inner join mine on mine.page = checks.page
    where checks.at <= $now
        and checks.purpose = 'page'
        and checks.outcome not in ('refused', 'robots')
),
unasked as (
    select count(distinct checks.page) as pages
    from checks
    inner join mine on mine.page = checks.page
    where checks.at > $week
        and checks.at <= $now
        and checks.purpose = 'page'
        and checks.outcome in ('refused', 'robots')
),
latest as (
    select page, max(seen_at) as seen_at from looks group by page
)
select
    (select count(*) from pages) as watched,
    (
        select count(*) from pages
        where exists (
            select 1 from looks where looks.page = pages.page and looks.seen_at > $day
        )
    ) as seen,
    (
        select count(*) from pages
        left join latest on latest.page = pages.page
        where coalesce(greatest(latest.seen_at, pages.looked), latest.seen_at, pages.looked, $month) <= $month
    ) as overdue,
    (select count(*) from looks where seen_at > $week and told not in ('page', 'unchanged', 'gone')) as failed,
    (select count(*) from looks where seen_at > $week) as looks,
    (select pages from unasked) as unasked,
    (select max(seen_at) from latest) as last
