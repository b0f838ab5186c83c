-- Hosts that sent people to $site from outside between $since and $until: a row per host and
-- channel. Suspects and bots are counted beside and never hidden. A host is known when a link of
-- the `standing` is on its domain. `entries` may name other channels than Backref's, by evidence.
with
came as (
    select
        sessions.session_id,
        sessions.referrer_host,
        sessions.referrer_domain,
        coalesce(entries.channel, sessions.channel) as channel,
        sessions.verdict,
        sessions.engaged,
        sessions.conversions,
        sessions.entry_page,
        sessions.started
    from sessions
    left join entries
        on entries.referrer_host = sessions.referrer_host
        and entries.source is not distinct from sessions.source
        and entries.medium is not distinct from sessions.medium
        and entries.campaign is not distinct from sessions.campaign
        and entries.code is not distinct from sessions.code
        and entries.click_id is not distinct from sessions.click_id
    where sessions.site = $site
        and sessions.referrer_host is not null
        and sessions.started <= $until
        and ($since is null or sessions.started >= $since)
),
counted as (
    select
        referrer_host,
        referrer_domain,
        channel,
        count(case when verdict = 'person' then 1 end) as visits,
        count(case when verdict = 'person' and engaged then 1 end) as engaged_visits,
        count(case when verdict = 'person' and conversions > 0 then 1 end)
            as converted_visits,
        cast(sum(case when verdict = 'person' then conversions else 0 end) as bigint)
            as conversions,
        count(case when verdict = 'suspect' then 1 end) as suspects,
        count(case when verdict = 'bot' then 1 end) as bots,
        count(distinct case when verdict = 'person' then entry_page end) as landing_pages,
        min(case when verdict = 'person' then started end) as first_visit,
        max(case when verdict = 'person' then started end) as last_visit
    from came
    group by referrer_host, referrer_domain, channel
),
levels as (
    select
        came.referrer_host,
        came.channel,
        round(sum(case when certainty = 'tagged' then part else 0 end) / 1e9, 6) as visits_tagged,
        round(sum(case when certainty = 'page' then part else 0 end) / 1e9, 6) as visits_page,
        round(sum(case when certainty = 'only candidate' then part else 0 end) / 1e9, 6)
            as visits_only_candidate,
        round(sum(case when certainty = 'inferred' then part else 0 end) / 1e9, 6) as visits_inferred,
        round(sum(case when certainty = 'host' then part else 0 end) / 1e9, 6) as visits_host,
        round(sum(case when certainty in ('dark', 'none') then part else 0 end) / 1e9, 6) as visits_none
    from came
    inner join (
        select
            session_id,
            certainty,
            cast(round(share * 1000000000) as bigint) as part
        from visit_links
        where site = $site and verdict = 'person'
    ) as shares on shares.session_id = came.session_id
    group by came.referrer_host, came.channel
),
known as (
    select
        source_domain,
        max(case when live then 1 else 0 end) as live,
        max(case when gone then 1 else 0 end) as gone
    from standing
    where row_kind = 'link'
    group by source_domain
)
select
    counted.*,
    levels.visits_tagged,
    levels.visits_page,
    levels.visits_only_candidate,
    levels.visits_inferred,
    levels.visits_host,
    levels.visits_none,
    case
        when known.live = 1 then 'live'
        when known.gone = 1 then 'lost'
        when known.source_domain is not null then 'unknown'
        else 'none'
    end as known_link,
    count(*) over () as total
from counted
left join levels
    on levels.referrer_host = counted.referrer_host and levels.channel = counted.channel
left join known on known.source_domain = counted.referrer_domain
where ($channel is null or counted.channel = $channel)
order by
    case
        when $sort = 'conversions' then counted.conversions
        when $sort = 'engaged' then counted.engaged_visits
        when $sort = 'bots' then counted.bots
        else counted.visits
    end desc,
    counted.visits desc,
    counted.bots + counted.suspects desc,
    counted.referrer_host,
    counted.channel
limit $limit
