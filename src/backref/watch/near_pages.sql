-- Pages of the domains in `senders` that may carry the link: those that another tool names as the
-- referrer of visits to $site, then those that were captured, nearest to the first visit first; at
-- most $most a domain. Grain: one page.
with named as (
    select distinct senders.domain, traffic_reports.source_page as page
    from traffic_reports
    inner join senders on senders.domain = traffic_reports.source_domain
    where traffic_reports.site = $site and traffic_reports.source_page is not null
),
captured as (
    select
        pages.domain,
        pages.page,
        pages.url,
        row_number() over (
            partition by pages.domain
            order by
                greatest(pages.first_seen, senders.first_visit)
                    - least(pages.first_seen, senders.first_visit) nulls last,
                pages.page
        ) as place
    from pages
    inner join senders on senders.domain = pages.domain
    where coalesce(pages.status, 200) < 400 and pages.resolves_to is null
)
select domain, page, null as url, 0 as place from named
union all
select domain, page, url, place from captured where place <= $most
order by domain, place, page
