-- Looks at pages that link to $site by day of `site_days` until $now, and by what they told. What
-- asked nobody (an address that is refused, a robots.txt that forbids the page) is no look.
select
    site_days.day,
    checks.told,
    count(*) as looks
from checks
inner join site_days on checks.at >= site_days.begins and checks.at < site_days.ends
where checks.at <= $now
    and checks.outcome not in ('refused', 'robots')
    and checks.purpose = 'page'
    and checks.page in (
        select links.source_page
        from ledger
        inner join links on links.link_id = ledger.link_id
        where ledger.site = $site
    )
group by site_days.day, checks.told
order by site_days.day, checks.told
