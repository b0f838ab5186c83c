-- The pages that carry, or should carry, a link to $site, with what looks of our own came to until
-- $now. Grain: one page.
--
-- A look that was made after $horizon was made by a clock that was wrong: it is as if it had not
-- been. One that is a little ahead was made now. `blind` counts the looks since the last that told
-- something; `told_at` is when that was. A page is suspect when the latest look missed a link of it
-- or was the first to see one changed: another look confirms that.
with changed as (
    select link_id, max(at_hi) as changed_at
    from link_events
    where certainty = 'once'
        and kind in (
            'nofollowed',
            'followed',
            'rel changed',
            'anchor changed',
            'noindexed',
            'indexed',
            'canonicalised',
            'canonical ended'
        )
    group by link_id
),
own as (
    select
        ledger.source_page as page,
        ledger.source_domain as domain,
        ledger.state,
        ledger.search_share,
        ledger.monthly_visits,
        ledger.cost,
        links.source_url as url,
        links.first_seen_lo,
        links.first_seen_hi,
        links.last_seen_hi,
        case when changed.changed_at = links.last_seen_hi then 1 else 0 end as changed
    from ledger
    inner join links on links.link_id = ledger.link_id
    left join changed on changed.link_id = ledger.link_id
    where ledger.site = $site and ledger.row_kind = 'link'
),
carrying as (
    select
        page,
        min(domain) as domain,
        max_by(url, coalesce(last_seen_hi, $epoch)) as url,
        max(case when state = 'suspect' then 1 else changed end) = 1 as suspect,
        max(case when state in ('lost', 'reported lost') then 0 else 1 end) = 1 as standing,
        max(case when state = 'reported lost' then 1 else 0 end) = 1 as reported,
        coalesce(sum(search_share), 0) as search_share,
        coalesce(sum(monthly_visits), 0) as monthly_visits,
        coalesce(max(case when cost > 0 then 1 else 0 end), 0) = 1 as paid,
        max(first_seen_lo) as newest
    from own
    group by page
),
looks as (
    select
        page,
        least(checks.at, $now) as look_at,
        told,
        told in ('page', 'gone', 'unchanged') as telling,
        next_allowed
    from checks
    where purpose = 'page' and checks.at <= $horizon
),
told as (
    select page, max(look_at) as told_at from looks where telling group by page
),
history as (
    select
        looks.page,
        count(*) as looks,
        max(looks.look_at) as last_at,
        max(told.told_at) as told_at,
        count(case when looks.telling then 1 end) as telling,
        count(
            case
                when looks.told <> 'interrupted' and (told.told_at is null or looks.look_at > told.told_at)
                    then 1
            end
        ) as blind,
        max_by(looks.told, looks.look_at) as last_told,
        max(looks.next_allowed) as next_allowed
    from looks
    left join told on told.page = looks.page
    group by looks.page
)
select
    carrying.page,
    carrying.domain,
    carrying.url,
    carrying.suspect,
    carrying.standing,
    carrying.reported,
    carrying.search_share,
    carrying.monthly_visits,
    carrying.paid,
    carrying.newest,
    coalesce(history.looks, 0) as looks,
    coalesce(history.telling, 0) as telling,
    coalesce(history.blind, 0) as blind,
    history.last_at,
    history.told_at,
    history.last_told,
    history.next_allowed
from carrying
left join history on history.page = carrying.page
order by carrying.page
