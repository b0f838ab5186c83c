-- Looks at pages that link to $site by day, from $since to $now, and by what they told.
select
    cast(checks.at as date) as day,
    checks.told,
    count(*) as looks
from checks
where checks.at > $since
    and checks.at <= $now
    and checks.purpose = 'page'
    and checks.page in (
        select links.source_page
        from ledger
        inner join links on links.link_id = ledger.link_id
        where ledger.site = $site
    )
group by cast(checks.at as date), checks.told
order by day, checks.told
