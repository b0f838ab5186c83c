-- Events against what was `agreed`, the latest known first. Grain: one (placement, event).
--
-- `fitting` names each placement's link. A term is broken that held before: its rel (nofollow where
-- none was agreed, or other ugc, sponsored and noreferrer than agreed), its anchor, its target, the
-- page in indexes, or the link itself. What happened before the agreement's day, which `site_days` places in the site's zone,
-- breaks nothing, and
-- a suspicion that was confirmed is told as the loss. `mended_at` is when it was over again.
with promised as (
    select
        agreed.*,
        fitting.link_id,
        concat(' ', coalesce(rel, ''), ' ') as tokens,
        left(regexp_replace(trim(anchor), '\s+', ' ', 'g'), 100) as words
    from agreed
    inner join fitting on fitting.row_id = agreed.row_id
),
terms as (
    select
        *,
        concat_ws(
            ' ',
            case when strpos(tokens, ' noreferrer ') > 0 then 'noreferrer' end,
            case when strpos(tokens, ' sponsored ') > 0 then 'sponsored' end,
            case when strpos(tokens, ' ugc ') > 0 then 'ugc' end
        ) as marks
    from promised
),
confirmed as (
    select link_id, at_hi from link_events where kind = 'lost'
),
broke as (
    select
        terms.row_id,
        terms.live_url,
        terms.contact,
        terms.owner as agreed_owner,
        terms.campaign as agreed_campaign,
        terms.day,
        terms.cost as agreed_cost,
        terms.currency as agreed_currency,
        happened.*,
        case
            when kind in ('suspect', 'lost', 'reported lost') then 'live'
            when kind in ('nofollowed', 'followed', 'rel changed') then 'rel'
            when kind = 'anchor changed' then 'anchor'
            when kind in ('target redirected', 'target broken') then 'target'
            else 'indexed'
        end as term,
        case
            when kind in ('nofollowed', 'followed', 'rel changed') then terms.rel
            when kind = 'anchor changed' then terms.anchor
            when kind in ('target redirected', 'target broken') then terms.target_url
            else terms.live_url
        end as agreed
    from terms
    inner join link_events as happened on happened.link_id = terms.link_id
    left join site_days on site_days.day = terms.day
    left join confirmed
        on happened.kind = 'suspect'
        and confirmed.link_id = happened.link_id
        and confirmed.at_hi = happened.at_hi
    where confirmed.link_id is null
        and (terms.day is null or coalesce(happened.at_hi >= site_days.begins, true))
        and (
            kind in ('suspect', 'lost', 'reported lost', 'noindexed', 'canonicalised')
            or kind in ('target redirected', 'target broken')
            or (kind = 'nofollowed' and strpos(terms.tokens, ' nofollow ') = 0)
            or (kind = 'followed' and strpos(terms.tokens, ' nofollow ') > 0)
            or (kind = 'rel changed' and terms.rel is not null and value_after <> terms.marks)
            or (
                kind = 'anchor changed'
                and strpos(concat(' | ', value_before, ' | '), concat(' | ', words, ' | ')) > 0
                and strpos(concat(' | ', value_after, ' | '), concat(' | ', words, ' | ')) = 0
            )
        )
),
mended as (
    select broke.row_id, broke.link_id, broke.kind, broke.at_hi, min(later.at_hi) as mended_at
    from broke
    inner join link_events as later on later.link_id = broke.link_id and later.at_hi > broke.at_hi
    where (
            later.kind = case broke.kind
                when 'suspect' then 'returned'
                when 'lost' then 'returned'
                when 'reported lost' then 'returned'
                when 'nofollowed' then 'followed'
                when 'followed' then 'nofollowed'
                when 'noindexed' then 'indexed'
                when 'canonicalised' then 'canonical ended'
                when 'target redirected' then 'target mended'
                when 'target broken' then 'target mended'
            end
        )
        or (
            later.kind = broke.kind
            and broke.kind in ('anchor changed', 'rel changed')
            and later.value_after = broke.value_before
        )
    group by broke.row_id, broke.link_id, broke.kind, broke.at_hi
)
select
    broke.*,
    coalesce(confirmed_at, broke.at_hi) as known_at,
    mended_at,
    source_page,
    source_url,
    source_identity,
    target_page,
    target_url,
    monthly_visits,
    count(*) over () as total
from broke
inner join standing on standing.link_id = broke.link_id and standing.row_kind = 'link'
left join mended
    on mended.row_id = broke.row_id
    and mended.link_id = broke.link_id
    and mended.kind = broke.kind
    and mended.at_hi = broke.at_hi
where ($since is null or coalesce(confirmed_at, broke.at_hi) >= $since)
    and ($kinds is null or strpos($kinds, concat('|', broke.kind, '|')) > 0)
order by coalesce(confirmed_at, broke.at_hi) desc, source_page, broke.row_id, broke.kind
limit $limit
