-- The own pages of $site that links which stand lead to, as they are linked, with the looks of our
-- own at them until $now. Grain: one target page.
with linked as (
    select
        ledger.target_page as page,
        min(links.target_domain) as domain,
        max_by(links.target_url, coalesce(links.last_seen_hi, $epoch)) as url,
        coalesce(sum(ledger.search_share), 0) as search_share,
        coalesce(sum(ledger.monthly_visits), 0) as monthly_visits
    from ledger
    inner join links on links.link_id = ledger.link_id
    where ledger.site = $site
        and ledger.row_kind = 'link'
        and ledger.target_page is not null
        and ledger.state in ('live', 'suspect', 'unknown')
    group by ledger.target_page
),
looks as (
    select
        page,
        count(*) as looks,
        max(least(checks.at, $now)) as last_at,
        max_by(told, checks.at) as last_told,
        max(next_allowed) as next_allowed
    from checks
    where purpose = 'target' and checks.at <= $horizon
    group by page
)
select
    linked.page,
    linked.domain,
    linked.url,
    linked.search_share,
    linked.monthly_visits,
    coalesce(looks.looks, 0) as looks,
    looks.last_at,
    looks.last_told,
    looks.next_allowed
from linked
left join looks on looks.page = linked.page
order by linked.page
