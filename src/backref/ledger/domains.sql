-- Referring domains of the `standing`: a row per source identity that has a link, with the
-- visits of its links and those that name only its host.
with
folded as (
    select
        source_identity,
        count(link_id) as links,
        count(case when live then 1 end) as live_links,
        count(case when live and followed then 1 end) as followed_links,
        count(case when gone then 1 end) as lost_links,
        count(case when state = 'live' then 1 end) as sure_links,
        count(case when state = 'unknown' then 1 end) as unknown_links,
        count(case when state = 'reported lost' then 1 end) as reported_links,
        count(case when row_kind = 'link' and first_seen_lo is null and state <> 'never verified' then 1 end) as baseline_links,
        min(first_seen_lo) as first_seen_lo,
        max(last_seen_hi) as last_seen_hi,
        max(last_verified) as last_verified,
        max(case when live then last_verified end) as live_verified,
        max(case when gone then lost_hi end) as lost_hi,
        round(sum(search_share), 9) as search_share,
        round(sum(visits), 6) as visits,
        round(sum(monthly_visits), 6) as monthly_visits,
        round(sum(engaged_visits), 6) as engaged_visits,
        round(sum(converted_visits), 6) as converted_visits,
        round(sum(conversions), 6) as conversions,
        cast(sum(leads) as bigint) as leads,
        max(reported_visits) as reported_visits
    from standing
    group by source_identity
    having count(link_id) > 0
),
last_lost as (
    select
        source_identity,
        state,
        row_number() over (
            partition by source_identity order by lost_hi desc nulls last, state
        ) as turn
    from standing
    where gone
),
said as (
    select
        source_identity,
        authority,
        authority_lo,
        authority_hi,
        authority_by,
        rating,
        rating_by,
        row_number() over (
            partition by source_identity
            order by authority desc nulls last, rating desc nulls last, rating_by
        ) as turn
    from referring_domains
    where coalesce(authority, rating) is not null
),
states as (
    select
        folded.*,
        case
            when folded.sure_links > 0 then 'live'
            when folded.live_links > 0 then 'suspect'
            when folded.unknown_links > 0 then 'unknown'
            when folded.lost_links > 0 then last_lost.state
            else 'never verified'
        end as state,
        case when folded.baseline_links = 0 then folded.first_seen_lo end as born
    from folded
    left join last_lost
        on last_lost.source_identity = folded.source_identity and last_lost.turn = 1
)
select
    states.source_identity,
    states.state,
    states.links,
    states.live_links,
    states.followed_links,
    states.lost_links,
    states.born as first_seen,
    states.last_seen_hi as last_seen,
    states.last_verified,
    states.live_verified,
    case when states.state in ('lost', 'reported lost') then states.lost_hi end as lost_hi,
    said.authority,
    said.authority_lo as authority_low,
    said.authority_hi as authority_high,
    said.authority_by,
    said.rating,
    said.rating_by,
    states.search_share,
    states.visits,
    states.monthly_visits,
    states.engaged_visits,
    states.converted_visits,
    states.conversions,
    states.leads,
    states.reported_visits
from states
left join said
    on said.source_identity = states.source_identity and said.turn = 1
order by states.visits desc nulls last, states.followed_links desc, states.source_identity
