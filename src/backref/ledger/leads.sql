-- The `told_leads` of a site beside what Backref counted of the placements that they came by.
with
seen as (
    select
        placement_id,
        sum(visits) as visits,
        sum(engaged_visits) as engaged_visits,
        sum(conversions) as conversions
    from standing
    where placement_id is not null
    group by placement_id
)
select
    told_leads.certainty,
    coalesce(agreed.source_page, told_leads.name) as name,
    agreed.target_page,
    agreed.campaign,
    agreed.code,
    told_leads.placement_id,
    told_leads.currency,
    told_leads.leads,
    told_leads.value,
    seen.visits,
    seen.engaged_visits,
    seen.conversions
from told_leads
left join agreed on agreed.row_id = told_leads.placement_id
left join seen on seen.placement_id = told_leads.placement_id
order by told_leads.certainty, agreed.source_page, told_leads.name, told_leads.placement_id,
    told_leads.currency
