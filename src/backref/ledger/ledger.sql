-- The ledger of $site as it stood at $until: one row per link to the site from outside, and one
-- per referring domain (and placement) whose visits no known link explains.
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
            where links.target_domain = own.host
                or links.target_host = own.host
                or right(links.target_host, length(own.host) + 1) = concat('.', own.host)
        )
        and not exists (
            select 1 from own
            where links.source_domain = own.host
                or links.source_host = own.host
                or right(links.source_host, length(own.host) + 1) = concat('.', own.host)
        )
),
-- The days that a log tells of each host that links lead to; null is one that nobody knows, of
-- which every day tells. A line without a host speaks of the main host, and of each other one
-- outside of the time in which a log names it, as `visits/own_hosts.py` says.
logged as (
    select day, host from log_days where site = $site and day <= $until_day
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
host_days as (
    select distinct hosts.own_host, logged.day
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
),
span as (
    select own_host, min(day) as day_lo, max(day) as day_hi from host_days group by own_host
),
all_days as (
    select min(day) as day_lo, max(day) as day_hi from logged
),
-- Rows of one linking page, target, campaign and code are one placement, told several times. The
-- row of the latest day speaks, of equal days that of the latest import, and within one import the
-- one that says more: as `sheet.sql` of the visits chooses.
told as (
    select
        placements.*,
        row_number() over (
            partition by site, source_page, target_page, lower(campaign), lower(code)
            order by
                day desc nulls last,
                import_id desc,
                cost desc nulls last,
                currency desc nulls last,
                acquired desc nulls last,
                owner desc nulls last,
                contact desc nulls last,
                row_id
        ) as turn
    from placements
    where site = $site
),
agreed as (
    select * from told where turn = 1
),
-- A placement declares the links on its page that fit its target best: the very page, then the
-- page that the link leads to, then any when no target was agreed, then the same host.
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
            order by best_fits.fit, agreed.day desc nulls last, agreed.row_id
        ) as choice
    from best_fits
    inner join agreed on agreed.row_id = best_fits.placement_id
    where best_fits.fit = best_fits.best
),
brought as (
    select
        visit_links.*,
        cast(round(visit_links.share * 1000000000) as bigint) as part,
        own_links.link_id as known_link
    from visit_links
    left join own_links on own_links.link_id = visit_links.link_id
    where visit_links.site = $site
        and visit_links.day <= $until_day
        and visit_links.verdict = 'person'
        and visit_links.certainty in ('tagged', 'page', 'only candidate', 'inferred', 'host')
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
    inner join span on span.own_host is not distinct from own_links.own_host
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
-- Links that stood on no day with a log of their host brought nobody that could be counted.
stood as (
    select
        link_id,
        own_host,
        cast(first_seen_lo as date) as from_day,
        case when state_then in ('lost', 'reported lost') then cast(lost_hi as date) end as to_day
    from own_links
),
unlogged as (
    select ends.own_host, ends.from_day, ends.to_day
    from (select distinct own_host, from_day, to_day from stood) as ends
    left join host_days
        on host_days.own_host is not distinct from ends.own_host
        and (ends.from_day is null or host_days.day >= ends.from_day)
        and (ends.to_day is null or host_days.day <= ends.to_day)
    group by ends.own_host, ends.from_day, ends.to_day
    having count(host_days.day) = 0
),
never_logged as (
    select stood.link_id
    from stood
    inner join unlogged
        on unlogged.own_host is not distinct from stood.own_host
        and unlogged.from_day is not distinct from stood.from_day
        and unlogged.to_day is not distinct from stood.to_day
),
link_visits as (
    select
        brought.known_link as link_id,
        sum(part) as visits,
        sum(case when certainty = 'tagged' then part else 0 end) as tagged,
        sum(case when certainty = 'page' then part else 0 end) as page,
        sum(case when certainty = 'only candidate' then part else 0 end) as only_candidate,
        sum(case when certainty = 'inferred' then part else 0 end) as inferred,
        sum(case when certainty = 'host' then part else 0 end) as host,
        sum(case when engaged then part else 0 end) as engaged,
        sum(part * conversions) as conversions,
        sum(
            case
                when day <= windows.window_hi
                    and day > cast(windows.window_hi - interval '90' day as date) then part
                else 0
            end
        ) as recent,
        min(day) as first_visit,
        max(day) as last_visit
    from brought
    left join windows on windows.link_id = brought.known_link
    group by brought.known_link
),
-- Visits of no known link belong to the domain that sent them, or to the placement whose tag
-- they carried.
senders as (
    select
        brought.*,
        coalesce(placements.source_identity, brought.referrer_domain, '(not known)')
            as sender_identity,
        coalesce(placements.source_domain, brought.referrer_domain, '(not known)')
            as sender_domain,
        placements.row_id as sender_placement
    from brought
    left join placements on placements.row_id = brought.placement_id
    where brought.known_link is null
),
sender_visits as (
    select
        sender_identity,
        sender_domain,
        sender_placement,
        sum(part) as visits,
        sum(case when certainty = 'tagged' then part else 0 end) as tagged,
        sum(case when certainty = 'page' then part else 0 end) as page,
        sum(case when certainty = 'only candidate' then part else 0 end) as only_candidate,
        sum(case when certainty = 'inferred' then part else 0 end) as inferred,
        sum(case when certainty = 'host' then part else 0 end) as host,
        sum(case when engaged then part else 0 end) as engaged,
        sum(part * conversions) as conversions,
        sum(
            case when day > cast(all_days.day_hi - interval '90' day as date) then part else 0 end
        ) as recent,
        min(day) as first_visit,
        max(day) as last_visit
    from senders
    cross join all_days
    group by sender_identity, sender_domain, sender_placement
),
-- What other tools counted. Nothing is counted twice: a figure that several exports tell of one
-- period counts once, at its highest; of two periods that overlap the longer counts, of equal ones
-- the later, and rows that do not say for which days they hold only where no others are. One tool
-- may export the same visits in several breakdowns: each is summed alone and the largest is taken.
reported_cells as (
    select
        tool,
        source_domain,
        concat(
            case when landing_page is null then '' else 'landing ' end,
            case when source_page is null then '' else 'page ' end,
            case when medium is null then '' else 'medium ' end,
            case when campaign is null then '' else 'campaign ' end,
            case when channel is null then '' else 'channel' end
        ) as breakdown,
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
ratings_by_strength as (
    select
        source_identity,
        rating,
        rating_by,
        row_number() over (
            partition by source_identity order by rating desc, rating_by
        ) as choice
    from referring_domains
    where rating is not null
        and target_domain in (select target_domain from own_links)
),
rated as (
    select source_identity, rating, rating_by from ratings_by_strength where choice = 1
),
link_rows as (
    select
        own_links.link_id,
        own_links.source_page,
        own_links.source_identity,
        own_links.source_domain,
        own_links.target_page,
        own_links.resolved_page,
        own_links.own_host as landing_host,
        own_links.state_then as state,
        not coalesce(own_links.nofollow, false)
            and not coalesce(own_links.ugc, false)
            and not coalesce(own_links.sponsored, false) as followed,
        declared.acquired,
        declared.row_id as placement_id,
        declared.cost,
        declared.currency,
        declared.owner,
        declared.campaign,
        case
            when link_visits.visits > 0 then null
            when windows.day_lo is null then 'no log'
            when own_links.state_then in ('lost', 'reported lost')
                and own_links.lost_hi < windows.day_lo then 'before logs'
            when never_logged.link_id is not null then 'no log'
            when own_links.target_page is null then 'no target'
            when own_links.noreferrer then 'noreferrer'
        end as not_measurable,
        link_visits.visits,
        link_visits.tagged,
        link_visits.page,
        link_visits.only_candidate,
        link_visits.inferred,
        link_visits.host,
        link_visits.engaged,
        link_visits.conversions,
        link_visits.recent,
        link_visits.first_visit,
        link_visits.last_visit,
        window_days.days as measured_days,
        rated.rating as weight_rating,
        rated.rating_by as weight_rating_by,
        own_links.placement as weight_placement,
        coalesce(own_links.noindex, false) as weight_noindex
    from own_links
    left join declared on declared.link_id = own_links.link_id and declared.choice = 1
    left join link_visits on link_visits.link_id = own_links.link_id
    left join never_logged on never_logged.link_id = own_links.link_id
    left join windows on windows.link_id = own_links.link_id
    left join window_days
        on window_days.own_host is not distinct from windows.own_host
        and window_days.window_hi = windows.window_hi
    left join rated on rated.source_identity = own_links.source_identity
),
host_rows as (
    select
        null as link_id,
        null as source_page,
        sender_visits.sender_identity as source_identity,
        sender_visits.sender_domain as source_domain,
        null as target_page,
        null as resolved_page,
        null as landing_host,
        null as state,
        null as followed,
        placements.acquired,
        placements.row_id as placement_id,
        placements.cost,
        placements.currency,
        placements.owner,
        placements.campaign,
        null as not_measurable,
        sender_visits.visits,
        sender_visits.tagged,
        sender_visits.page,
        sender_visits.only_candidate,
        sender_visits.inferred,
        sender_visits.host,
        sender_visits.engaged,
        sender_visits.conversions,
        sender_visits.recent,
        sender_visits.first_visit,
        sender_visits.last_visit,
        window_days.days as measured_days,
        null as weight_rating,
        null as weight_rating_by,
        null as weight_placement,
        null as weight_noindex
    from sender_visits
    cross join all_days
    left join window_days
        on window_days.own_host is null and window_days.window_hi = all_days.day_hi
    left join placements on placements.row_id = sender_visits.sender_placement
),
rows_of_both_kinds as (
    select 'link' as row_kind, link_rows.* from link_rows
    union all
    select 'host' as row_kind, host_rows.* from host_rows
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
    counted.acquired,
    counted.placement_id,
    counted.cost,
    counted.currency,
    counted.owner,
    counted.campaign,
    round(counted_visits / 1e9, 6) as visits,
    not_measurable,
    case when measurable then round(coalesce(counted.tagged, 0) / 1e9, 6) end as visits_tagged,
    case when measurable then round(coalesce(counted.page, 0) / 1e9, 6) end as visits_page,
    case when measurable then round(coalesce(counted.only_candidate, 0) / 1e9, 6) end
        as visits_only_candidate,
    case when measurable then round(coalesce(counted.inferred, 0) / 1e9, 6) end as visits_inferred,
    case when measurable then round(coalesce(counted.host, 0) / 1e9, 6) end as visits_host,
    case when measurable then round(coalesce(counted.engaged, 0) / 1e9, 6) end as engaged_visits,
    case when measurable then round(coalesce(counted.conversions, 0) / 1e9, 6) end as conversions,
    case
        when measurable and counted.measured_days > 0
            then round(
                coalesce(counted.recent, 0) / 1e9 * 30 / greatest(counted.measured_days, 30), 6
            )
    end as monthly_visits,
    reported.visits as reported_visits,
    counted.first_visit,
    counted.last_visit,
    weight_rating,
    weight_rating_by,
    weight_placement,
    weight_noindex
from counted
left join reported
    on reported.source_domain = counted.source_domain
    and counted.source_identity = counted.source_domain
    and counted.place = 1
order by source_identity, source_page, link_id, placement_id
