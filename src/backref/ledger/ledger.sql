-- The ledger of $site as it stood at $until: one row per link to the site from outside, and one
-- per referring domain (and placement) whose visits no known link explains.
-- A lead of the `told_leads` stands on one row: where the code of one placement proves it, on the
-- link of that placement that brought most people, else on a row of its sender; all others on rows
-- of nobody known, one for each campaign. So the rows add up to all leads.
-- Only people count. Visits are summed in whole billionths, so that no order of rows can change
-- the last digit. A visit that named a link of our own pages falls to its referring domain, so
-- the rows always add up to the sessions.
-- The search share is added by `search_value.py`; `weight_*` columns are what it needs.
with
own as (
    select distinct host from site_hosts where site = $site
),
own_links as (
    select
        links.*,
        case
            when links.state in ('lost', 'reported lost', 'suspect') and links.lost_hi > $until
                then 'live'
            when links.state = 'unknown' and links.unknown_since > $until then 'live'
            else links.state
        end as state_then,
        case
            when exists (
                select 1 from own
                where links.landing_host = own.host
                    or right(links.landing_host, length(own.host) + 1) = concat('.', own.host)
            ) then links.landing_host
        end as own_host
    from links
    where (links.first_seen_lo is null or links.first_seen_lo <= $until)
        and exists (
            select 1 from own
            where links.target_host = own.host
                or right(links.target_host, length(own.host) + 1) = concat('.', own.host)
        )
        and not exists (
            select 1 from own
            where links.source_host = own.host
                or right(links.source_host, length(own.host) + 1) = concat('.', own.host)
        )
),
-- The days that a log tells of each host that links lead to; null is one that nobody knows, of
-- which every day tells. A line without a host speaks of the main host, and of each other one
-- outside of the time in which a log names it, as `visits/own_hosts.py` says.
logged as (
    select day, host, without_referrers from log_days where site = $site and day <= $until_day
),
named as (
    select host, min(day) as day_lo, max(day) as day_hi
    from logged
    where host is not null
    group by host
),
hosts as (
    select landed.own_host, named.day_lo, named.day_hi
    from (
        select own_host from own_links
        union
        select null as own_host
    ) as landed
    left join named on named.host = landed.own_host
),
all_host_days as (
    select
        hosts.own_host,
        logged.day,
        min(case when logged.without_referrers then 1 else 0 end) as without_referrers
    from hosts
    inner join logged
        on hosts.own_host is null
        or logged.host = hosts.own_host
        or (
            logged.host is null
            and (
                hosts.own_host = $site
                or hosts.day_lo is null
                or logged.day < hosts.day_lo
                or logged.day > hosts.day_hi
            )
        )
    group by hosts.own_host, logged.day
),
-- Whom a link sent can be counted on days alone of which a log tells referrers.
host_days as (
    select own_host, day from all_host_days where without_referrers = 0
),
span as (
    select own_host, min(day) as day_lo, max(day) as day_hi from host_days group by own_host
),
all_days as (
    select min(day) as day_lo, max(day) as day_hi from host_days
),
-- A placement declares the links on its page that fit its target best: the very page, then the
-- page that the link leads to, then any when no target was agreed, then the same host. Of equals
-- one that tells a cost or a way speaks before one that only gives a tag or code.
fits as (
    select
        own_links.link_id,
        agreed.row_id as placement_id,
        case
            when agreed.target_page = own_links.target_page then 0
            when agreed.target_page = own_links.resolved_page then 1
            when agreed.target_page is null then 2
            when split_part(agreed.target_page, '/', 1)
                = split_part(own_links.target_page, '/', 1) then 3
            else 4
        end as fit
    from own_links
    inner join agreed on agreed.source_page = own_links.source_page
    where agreed.target_page is null
        or own_links.target_page is null
        or agreed.target_page = own_links.target_page
        or agreed.target_page = own_links.resolved_page
        or split_part(agreed.target_page, '/', 1) = split_part(own_links.target_page, '/', 1)
),
best_fits as (
    select link_id, placement_id, fit, min(fit) over (partition by placement_id) as best
    from fits
),
declared as (
    select
        best_fits.link_id,
        agreed.*,
        row_number() over (
            partition by best_fits.link_id
            order by
                best_fits.fit,
                case when agreed.cost is null and agreed.acquired is null then 1 else 0 end,
                agreed.day desc nulls last,
                agreed.row_id
        ) as choice
    from best_fits
    inner join agreed on agreed.row_id = best_fits.placement_id
    where best_fits.fit = best_fits.best
),
-- The 90 days in which a row's month is measured end with the log, the question or the loss.
windows as (
    select
        own_links.link_id,
        own_links.own_host,
        span.day_lo,
        case
            when own_links.state_then in ('lost', 'reported lost') and own_links.lost_hi is not null
                then least(span.day_hi, cast(own_links.lost_hi as date))
            else span.day_hi
        end as window_hi
    from own_links
    left join span on span.own_host is not distinct from own_links.own_host
),
window_days as (
    select ends.own_host, ends.window_hi, count(host_days.day) as days
    from (
        select own_host, window_hi from windows
        union
        select null as own_host, day_hi as window_hi from all_days
    ) as ends
    left join host_days
        on host_days.own_host is not distinct from ends.own_host
        and host_days.day <= ends.window_hi
        and host_days.day > cast(ends.window_hi - interval '90' day as date)
    group by ends.own_host, ends.window_hi
),
-- Links that stood on no such day of their host brought nobody that could be counted.
stood as (
    select
        link_id,
        own_host,
        cast(first_seen_lo as date) as from_day,
        case when state_then in ('lost', 'reported lost') then cast(lost_hi as date) end as to_day
    from own_links
),
unlogged as (
    select
        ends.own_host,
        ends.from_day,
        ends.to_day,
        case when count(all_host_days.day) > 0 then 'no referrers' else 'no log' end as why
    from (select distinct own_host, from_day, to_day from stood) as ends
    left join all_host_days
        on all_host_days.own_host is not distinct from ends.own_host
        and (ends.from_day is null or all_host_days.day >= ends.from_day)
        and (ends.to_day is null or all_host_days.day <= ends.to_day)
    group by ends.own_host, ends.from_day, ends.to_day
    having count(case when all_host_days.without_referrers = 0 then 1 end) = 0
),
never_logged as (
    select stood.link_id, unlogged.why
    from stood
    inner join unlogged
        on unlogged.own_host is not distinct from stood.own_host
        and unlogged.from_day is not distinct from stood.from_day
        and unlogged.to_day is not distinct from stood.to_day
),
-- Visits belong to their link. Those of no known link belong to the domain that sent them, or to
-- the placement whose tag they carried.
credited as (
    select
        visit_sums.*,
        windows.link_id as known_link,
        case
            when windows.link_id is null
                then coalesce(agreed.source_identity, visit_sums.referrer_domain, '(not known)')
        end as sender_identity,
        case
            when windows.link_id is null
                then coalesce(agreed.source_domain, visit_sums.referrer_domain, '(not known)')
        end as sender_domain,
        case when windows.link_id is null then agreed.row_id end as sender_placement,
        coalesce(windows.window_hi, all_days.day_hi) as window_hi
    from visit_sums
    cross join all_days
    left join windows on windows.link_id = visit_sums.link_id
    left join agreed on agreed.row_id = visit_sums.placement_id
    where visit_sums.site = $site and visit_sums.day <= $until_day
),
visited as (
    select
        known_link,
        sender_identity,
        sender_domain,
        sender_placement,
        cast(null as varchar) as sender_campaign,
        sum(visits) as visits,
        sum(case when certainty = 'tagged' then visits else 0 end) as tagged,
        sum(case when certainty = 'page' then visits else 0 end) as page,
        sum(case when certainty = 'only candidate' then visits else 0 end) as only_candidate,
        sum(case when certainty = 'inferred' then visits else 0 end) as inferred,
        sum(case when certainty = 'host' then visits else 0 end) as host,
        sum(engaged_visits) as engaged,
        sum(converted_visits) as converted,
        sum(conversions) as conversions,
        sum(
            case
                when day <= window_hi and day > cast(window_hi - interval '90' day as date)
                    then visits
                else 0
            end
        ) as recent,
        min(day) as first_visit,
        max(day) as last_visit
    from credited
    group by known_link, sender_identity, sender_domain, sender_placement
),
spokesmen as (
    select
        best_fits.placement_id,
        best_fits.link_id,
        row_number() over (
            partition by best_fits.placement_id
            order by visited.visits desc nulls last, best_fits.link_id
        ) as choice
    from best_fits
    left join visited on visited.known_link = best_fits.link_id
    where best_fits.fit = best_fits.best
),
campaigns as (
    select lower(campaign) as name, min(campaign) as campaign from agreed group by lower(campaign)
),
led as (
    select
        spokesmen.link_id as known_link,
        case
            when spokesmen.link_id is null then coalesce(agreed.source_identity, '(not known)')
        end as sender_identity,
        case
            when spokesmen.link_id is null then coalesce(agreed.source_domain, '(not known)')
        end as sender_domain,
        case when spokesmen.link_id is null then agreed.row_id end as sender_placement,
        case
            when told_leads.certainty = 'campaign' then coalesce(campaigns.campaign, told_leads.name)
        end as sender_campaign,
        told_leads.currency,
        sum(told_leads.leads) as leads,
        round(sum(told_leads.value), 6) as value
    from told_leads
    left join spokesmen
        on spokesmen.placement_id = told_leads.placement_id and spokesmen.choice = 1
    left join agreed on agreed.row_id = told_leads.placement_id
    left join campaigns on campaigns.name = told_leads.name
    where told_leads.leads > 0 or told_leads.value is not null
    group by 1, 2, 3, 4, 5, 6
),
valued as (
    select
        known_link,
        sender_identity,
        sender_domain,
        sender_placement,
        sender_campaign,
        sum(leads) as leads,
        case when count(value) = 1 then max(value) end as lead_value,
        array_to_string(
            list_sort(
                array_agg(concat(currency, ':', cast(value as varchar)))
                    filter (where value is not null)
            ),
            ' '
        ) as lead_values
    from led
    group by known_link, sender_identity, sender_domain, sender_placement, sender_campaign
),
earned as (
    select
        coalesce(visited.known_link, valued.known_link) as known_link,
        coalesce(visited.sender_identity, valued.sender_identity) as sender_identity,
        coalesce(visited.sender_domain, valued.sender_domain) as sender_domain,
        coalesce(visited.sender_placement, valued.sender_placement) as sender_placement,
        valued.sender_campaign,
        visited.visits,
        visited.tagged,
        visited.page,
        visited.only_candidate,
        visited.inferred,
        visited.host,
        visited.engaged,
        visited.converted,
        visited.conversions,
        visited.recent,
        visited.first_visit,
        visited.last_visit,
        valued.leads,
        valued.lead_value,
        valued.lead_values
    from visited
    full outer join valued
        on valued.known_link is not distinct from visited.known_link
        and valued.sender_identity is not distinct from visited.sender_identity
        and valued.sender_domain is not distinct from visited.sender_domain
        and valued.sender_placement is not distinct from visited.sender_placement
        and valued.sender_campaign is not distinct from visited.sender_campaign
),
-- What other tools counted. Nothing is counted twice: a figure that several exports tell of one
-- period counts once, at its highest; of two periods that overlap the longer counts, of equal ones
-- the later, and rows that do not say for which days they hold only where no others are. One tool
-- may export the same visits in several breakdowns, which are the columns that its tables have, blank
-- or not: each is summed alone and the largest is taken.
reported_cells as (
    select
        tool,
        source_domain,
        coalesce(breakdown, '') as breakdown,
        day_lo,
        day_hi,
        max(visits) as visits
    from traffic_reports
    where site = $site
        and source_domain is not null
        and visits is not null
        and (day_hi is null or day_hi <= $until_day)
    group by
        tool,
        source_domain,
        breakdown,
        day_lo,
        day_hi,
        source_host,
        source,
        source_page,
        landing_page,
        medium,
        campaign,
        content,
        channel
),
reported_periods as (
    select
        tool,
        source_domain,
        breakdown,
        day_lo,
        day_hi,
        day_hi - day_lo as days,
        sum(visits) as visits
    from reported_cells
    group by tool, source_domain, breakdown, day_lo, day_hi
),
reports as (
    select tool, source_domain, breakdown, sum(visits) as visits
    from reported_periods as period
    where not exists (
        select 1 from reported_periods as better
        where better.tool = period.tool
            and better.source_domain = period.source_domain
            and better.breakdown = period.breakdown
            and better.day_lo is not null
            and (
                period.day_lo is null
                or (
                    better.day_lo <= period.day_hi
                    and better.day_hi >= period.day_lo
                    and (
                        better.days > period.days
                        or (better.days = period.days and better.day_lo > period.day_lo)
                    )
                )
            )
    )
    group by tool, source_domain, breakdown
),
reported as (
    select source_domain, round(max(visits), 6) as visits from reports group by source_domain
),
-- Our own authority speaks before any published rating; both are of the domain that links.
said as (
    select
        source_identity,
        authority,
        authority_lo,
        authority_hi,
        handed_on,
        rating,
        coalesce(authority_by, rating_by) as basis_by,
        row_number() over (
            partition by source_identity
            order by authority desc nulls last, rating desc nulls last, rating_by
        ) as choice
    from referring_domains
    where coalesce(authority, rating) is not null
        and target_domain in (select target_domain from own_links)
),
rated as (
    select * from said where choice = 1
),
rows_of_both_kinds as (
    select
        case when own_links.link_id is null then 'host' else 'link' end as row_kind,
        own_links.link_id,
        own_links.source_page,
        coalesce(own_links.source_identity, earned.sender_identity) as source_identity,
        coalesce(own_links.source_domain, earned.sender_domain) as source_domain,
        own_links.target_page,
        own_links.resolved_page,
        own_links.own_host as landing_host,
        own_links.state_then as state,
        case
            when own_links.link_id is not null
                then not coalesce(own_links.nofollow, false)
                    and not coalesce(own_links.ugc, false)
                    and not coalesce(own_links.sponsored, false)
        end as followed,
        coalesce(declared.row_id, earned.sender_placement) as placement_id,
        earned.sender_campaign,
        case
            when earned.visits > 0 then null
            when own_links.link_id is null and all_days.day_lo is null then 'no log'
            when own_links.link_id is null then null
            when windows.day_lo is null then never_logged.why
            when own_links.state_then in ('lost', 'reported lost')
                and own_links.lost_hi < windows.day_lo then 'before logs'
            when never_logged.link_id is not null then never_logged.why
            when own_links.target_page is null then 'no target'
            when own_links.noreferrer then 'noreferrer'
        end as not_measurable,
        earned.visits,
        earned.tagged,
        earned.page,
        earned.only_candidate,
        earned.inferred,
        earned.host,
        earned.engaged,
        earned.converted,
        earned.conversions,
        earned.leads,
        earned.lead_value,
        earned.lead_values,
        earned.recent,
        earned.first_visit,
        earned.last_visit,
        windows.own_host as window_host,
        coalesce(windows.window_hi, all_days.day_hi) as window_hi,
        own_links.placement as weight_placement,
        own_links.noindex as weight_noindex
    from own_links
    full outer join earned on earned.known_link = own_links.link_id
    cross join all_days
    left join declared on declared.link_id = own_links.link_id and declared.choice = 1
    left join never_logged on never_logged.link_id = own_links.link_id
    left join windows on windows.link_id = own_links.link_id
),
-- Zero is said only where a log was there to count.
counted as (
    select
        all_rows.*,
        case when not_measurable is null then coalesce(all_rows.visits, 0) end as counted_visits,
        not_measurable is null as measurable,
        row_number() over (
            partition by source_identity
            order by row_kind, placement_id nulls first, source_page, link_id
        ) as place
    from rows_of_both_kinds as all_rows
),
-- Without a sheet of leads nobody knows of any.
sheeted as (
    select count(*) as leads from told_leads where leads > 0
)
select
    $site as site,
    counted.row_kind,
    counted.link_id,
    counted.source_page,
    counted.source_identity,
    counted.source_domain,
    counted.target_page,
    counted.resolved_page,
    counted.landing_host,
    counted.state,
    counted.followed,
    sheet.acquired,
    counted.placement_id,
    sheet.cost,
    sheet.currency,
    sheet.owner,
    coalesce(sheet.campaign, counted.sender_campaign) as campaign,
    round(counted_visits / 1e9, 6) as visits,
    not_measurable,
    case when measurable then round(coalesce(counted.tagged, 0) / 1e9, 6) end as visits_tagged,
    case when measurable then round(coalesce(counted.page, 0) / 1e9, 6) end as visits_page,
    case when measurable then round(coalesce(counted.only_candidate, 0) / 1e9, 6) end
        as visits_only_candidate,
    case when measurable then round(coalesce(counted.inferred, 0) / 1e9, 6) end as visits_inferred,
    case when measurable then round(coalesce(counted.host, 0) / 1e9, 6) end as visits_host,
    case when measurable then round(coalesce(counted.engaged, 0) / 1e9, 6) end as engaged_visits,
    case when measurable then round(coalesce(counted.converted, 0) / 1e9, 6) end
        as converted_visits,
    case when measurable then round(coalesce(counted.conversions, 0) / 1e9, 6) end as conversions,
    case when sheeted.leads > 0 then cast(coalesce(counted.leads, 0) as bigint) end as leads,
    counted.lead_value,
    counted.lead_values,
    case
        when measurable and window_days.days > 0
            then round(
                coalesce(counted.recent, 0) / 1e9 * 30 / greatest(window_days.days, 30), 6
            )
    end as monthly_visits,
    reported.visits as reported_visits,
    counted.first_visit,
    counted.last_visit,
    rated.authority,
    rated.authority_lo,
    rated.authority_hi,
    rated.handed_on as weight_handed_on,
    rated.rating as weight_rating,
    rated.basis_by as weight_basis,
    weight_placement,
    weight_noindex
from counted
cross join sheeted
left join agreed as sheet on sheet.row_id = counted.placement_id
left join window_days
    on window_days.own_host is not distinct from counted.window_host
    and window_days.window_hi = counted.window_hi
left join rated on rated.source_identity = counted.source_identity and counted.row_kind = 'link'
left join reported
    on reported.source_domain = counted.source_domain
    and counted.source_identity = counted.source_domain
    and counted.place = 1
order by counted.source_identity, counted.source_page, counted.link_id, counted.placement_id, campaign
