-- Every row of the ledger of $site with its link's facts, as both stood at $as_of: one row per
-- link, and one per sender without a known link. Here, and only here, age turns a live link into
-- an unknown one, that is unverified: when nobody has seen it since $stale. Undated links have no age. Such a link's
-- search share goes to those that are live still, as `search_value.py` would share it: a domain's
-- weight is divided by its live links.
-- `page_host` names the landing page's host, null for the main one: another host has pages of its
-- own where a log up to $until_day names it, or where no log speaks of hosts that it does not name.
with
logged as (
    select distinct host from log_days where site = $site and day <= $until_day
),
judged as (
    select
        ledger.*,
        links.source_url,
        links.target_url,
        links.landing_path,
        case
            when ledger.landing_host <> $site
                and (
                    exists (select 1 from logged where logged.host = ledger.landing_host)
                    or not exists (select 1 from logged where logged.host is null)
                ) then ledger.landing_host
        end as page_host,
        links.title,
        links.anchor,
        links.rel,
        links.noindex,
        links.placement as position,
        links.reason,
        links.first_seen_lo,
        links.last_seen_hi,
        links.last_verified,
        links.lost_lo,
        links.lost_hi,
        links.reported_by,
        links.witnesses,
        links.noreferrer,
        case when ledger.resolved_page = ledger.target_page then links.target_status end
            as target_status,
        case
            when ledger.state = 'live' and links.last_seen_hi < $stale then 'unknown'
            else ledger.state
        end as standing
    from ledger
    left join links on links.link_id = ledger.link_id
    where ledger.site = $site
),
counted as (
    select
        *,
        sum(case when state in ('live', 'suspect') then 1 else 0 end)
            over (partition by source_identity) as live_before,
        sum(case when standing in ('live', 'suspect') then 1 else 0 end)
            over (partition by source_identity) as live_now
    from judged
),
weighed as (
    select
        *,
        case
            when standing in ('live', 'suspect')
                then search_share * live_before / nullif(live_now, 0)
            when search_share is not null then 0
        end as weight
    from counted
),
shared as (
    select *, sum(weight) over () as all_weight from weighed
)
select
    row_kind,
    link_id,
    source_page,
    source_url,
    source_identity,
    source_domain,
    target_page,
    target_url,
    page_host,
    landing_path,
    target_status,
    title,
    anchor,
    rel,
    followed and not coalesce(noindex, false) as followed,
    position,
    standing as state,
    standing in ('live', 'suspect') as live,
    standing in ('lost', 'reported lost') as gone,
    case
        when standing in ('lost', 'reported lost', 'suspect') then reason
        when standing = 'unknown' then case when state = 'unknown' then reason else 'unverified' end
    end as reason,
    case when standing = 'reported lost' then reported_by end as reported_by,
    first_seen_lo,
    last_seen_hi,
    last_verified,
    case when standing in ('lost', 'reported lost', 'suspect') then lost_lo end as lost_lo,
    case when standing in ('lost', 'reported lost', 'suspect') then lost_hi end as lost_hi,
    witnesses,
    acquired,
    placement_id,
    cost,
    currency,
    owner,
    campaign,
    round(coalesce(weight / nullif(all_weight, 0), weight), 12) as search_share,
    search_basis,
    authority,
    authority_lo as authority_low,
    authority_hi as authority_high,
    visits,
    not_measurable,
    visits_tagged,
    visits_page,
    visits_only_candidate,
    visits_inferred,
    visits_host,
    engaged_visits,
    converted_visits,
    conversions,
    leads,
    lead_value,
    lead_values,
    monthly_visits,
    reported_visits,
    first_visit,
    last_visit
from shared
