-- What befell links to $site and came to be known after $after and not after $until: a row per
-- event of `link_events` that a second look confirmed, when it did, or that a vendor reported;
-- losses where $lost, else changes of links that stand. What a look had proved by then no vendor's
-- word tells again.
-- `site_days` are the days of the span in the site's zone. `measure` is what the link sent a month in the 90 days before, null without a log.
-- It is borne out when anybody looked later and nothing had turned back within 30 days.
with
told as (
    select
        ledger.source_identity as domain,
        ledger.acquired,
        links.source_url,
        links.title,
        links.landing_path as page,
        links.last_verified,
        event.*,
        coalesce(event.confirmed_at, event.at_hi) as known
    from ledger
    inner join links on links.link_id = ledger.link_id
    inner join link_events as event on event.link_id = ledger.link_id
    where ledger.site = $site
        and (event.kind in ('lost', 'reported lost')) = $lost
        and event.kind not in ('suspect', 'returned')
        and event.certainty <> 'once'
),
happened as (
    select
        told.*,
        site_days.day
    from told
    inner join site_days on told.known >= site_days.begins and told.known < site_days.ends
    where told.known > $after
        and told.known <= $until
        and not exists (
            select 1 from link_events as proof
            where told.kind = 'reported lost'
                and proof.link_id = told.link_id
                and proof.kind = 'lost'
                and proof.confirmed_at <= told.known
                and not exists (
                    select 1 from link_events as back
                    where back.link_id = proof.link_id
                        and back.kind = 'returned'
                        and back.at_hi > proof.confirmed_at
                        and back.at_hi <= told.known
                )
        )
),
turned as (
    select distinct happened.link_id, happened.kind, happened.at_hi
    from happened
    inner join link_events as back on back.link_id = happened.link_id
    where back.at_hi > happened.known
        and back.at_hi <= happened.known + interval 30 day
        and back.kind = case happened.kind
            when 'lost' then 'returned'
            when 'reported lost' then 'returned'
            when 'nofollowed' then 'followed'
            when 'followed' then 'nofollowed'
            when 'noindexed' then 'indexed'
            when 'indexed' then 'noindexed'
            when 'canonicalised' then 'canonical ended'
            when 'target broken' then 'target mended'
            else happened.kind
        end
        and not (
            back.kind = happened.kind
            and coalesce(back.value_after, '') <> coalesce(happened.value_before, '')
        )
),
proved as (
    select distinct happened.link_id, happened.at_hi
    from happened
    inner join link_events as proof
        on proof.link_id = happened.link_id
        and proof.kind = 'lost'
        and proof.confirmed_at > happened.known
    where happened.kind = 'reported lost'
),
sent as (
    select happened.link_id, happened.day, sum(visit_sums.visits) / 1e9 as visits
    from (select distinct link_id, day from happened) as happened
    inner join visit_sums
        on visit_sums.link_id = happened.link_id
        and visit_sums.site = $site
        and visit_sums.day <= happened.day
        and visit_sums.day > happened.day - interval 90 day
    group by happened.link_id, happened.day
),
measured as (
    select happened.day, count(distinct log_days.day) as days
    from (select distinct day from happened) as happened
    inner join log_days
        on log_days.site = $site
        and not log_days.without_referrers
        and log_days.day <= happened.day
        and log_days.day > happened.day - interval 90 day
    group by happened.day
),
judged as (
    select
        happened.link_id,
        happened.kind,
        known,
        domain,
        source_url,
        title,
        page,
        acquired,
        at_lo,
        happened.at_hi,
        case when $lost then null else value_before end as before,
        value_after as after,
        case when measured.days > 0
            then coalesce(sent.visits, 0) * 30 / greatest(measured.days, 30) end as measure,
        case
            when turned.link_id is not null then false
            when proved.link_id is not null then true
            when happened.kind = 'reported lost' then null
            when last_verified > known then true
        end as borne_out
    from happened
    left join turned
        on turned.link_id = happened.link_id
        and turned.kind = happened.kind
        and turned.at_hi = happened.at_hi
    left join proved on proved.link_id = happened.link_id and proved.at_hi = happened.at_hi
    left join sent on sent.link_id = happened.link_id and sent.day = happened.day
    left join measured on measured.day = happened.day
)
select * from judged
where ($threshold <= 0 and measure is null) or measure >= $threshold
order by known, link_id, kind
