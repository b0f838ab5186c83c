-- The `keyed` ledger, a row per group: referring domains first, links second.
with
grouped as (
    select
        group_key,
        count(distinct case when row_kind = 'link' then source_identity end) as domains,
        count(distinct case when live then source_identity end) as live_domains,
        count(link_id) as links,
        count(case when live then 1 end) as live_links,
        count(case when live and followed then 1 end) as followed_links,
        count(case when gone then 1 end) as lost_links,
        round(sum(search_share), 9) as search_share,
        round(sum(visits), 6) as visits,
        round(sum(monthly_visits), 6) as monthly_visits,
        round(sum(engaged_visits), 6) as engaged_visits,
        round(sum(converted_visits), 6) as converted_visits,
        round(sum(conversions), 6) as conversions,
        cast(sum(leads) as bigint) as leads,
        round(sum(visits_tagged), 6) as visits_tagged,
        round(sum(visits_page), 6) as visits_page,
        round(sum(visits_only_candidate), 6) as visits_only_candidate,
        round(sum(visits_inferred), 6) as visits_inferred,
        round(sum(visits_host), 6) as visits_host
    from keyed
    group by group_key
)
select *
from grouped
order by
    case
        when $sort = 'search' then search_share
        when $sort = 'conversions' then conversions
        when $sort = 'leads' then leads
        when $sort = 'domains' then live_domains
        else visits
    end desc nulls last,
    search_share desc nulls last,
    domains desc,
    links desc,
    group_key
