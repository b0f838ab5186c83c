-- What the disavow files of $site list, with the links to it that each entry hits: a domain those
-- from it and all hosts below it, a page those from that page. Grain: an entry.
with
listed as (
    select scope, host, domain, page, min(url) as url
    from disavows
    where site = $site
    group by scope, host, domain, page
),
linked as (
    select
        link_id,
        split_part(source_page, '/', 1) as source_host,
        source_domain,
        source_page,
        live,
        followed,
        visits,
        engaged_visits
    from standing
    where row_kind = 'link'
)
select
    listed.scope,
    case when listed.scope = 'domain' then concat('domain:', listed.host) else listed.url end as entry,
    listed.domain,
    count(linked.link_id) as links,
    count(case when linked.live then 1 end) as live_links,
    count(case when linked.live and linked.followed then 1 end) as followed_links,
    min(case when linked.live then linked.source_page end) as example,
    round(sum(linked.visits), 6) as visits,
    round(sum(linked.engaged_visits), 6) as engaged_visits
from listed
left join linked
    on linked.source_domain = listed.domain
    and case
        when listed.scope = 'page' then linked.source_page = listed.page
        else
            linked.source_host = listed.host
            or right(linked.source_host, length(listed.host) + 1) = concat('.', listed.host)
    end
group by listed.scope, listed.host, listed.domain, listed.page, listed.url
