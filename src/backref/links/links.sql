-- All observations of one link, folded. Grain: one link.
--
-- `sightings`, `gaps`, `captures` and `keys` are the models of those names; `targets` says where
-- each target page leads, `target_answers` what it answered to us. A value that observations tell is
-- the latest one told (`turn`).
-- A link that nobody missed is unknown while our latest looks at its page, `blind`, came after all
-- that saw the page, whoever it was, and could not see it themselves.
with observations as (
    select
        sightings.link_id,
        sightings.kind,
        sightings.turn,
        sightings.lo,
        sightings.hi,
        sightings.nofollow as not_followed,
        observation.*
    from sightings
    inner join link_observations as observation on observation.row_id = sightings.row_id
),
folds as (
    select
        link_id,
        max_by(source_url, turn) as source_url,
        min(source_hash) as source_hash,
        max_by(source_host, turn) as source_host,
        max_by(source_domain, turn) as source_domain,
        max_by(source_identity, turn) as source_identity,
        max_by(target_url, turn) filter (where target_url is not null) as target_url,
        coalesce(
            max_by(target_host, turn) filter (where target_page is not null),
            max_by(target_host, turn)
        ) as target_host,
        count(*) filter (where kind = 'present') as presences,
        min(lo) filter (where kind = 'present') as first_seen_lo,
        min(hi) filter (where kind = 'present') as first_seen_hi,
        max(lo) filter (where kind = 'present') as last_seen_lo,
        max(hi) filter (where kind = 'present') as last_seen_hi,
        max(hi) filter (where witness in ('archive', 'check')) as last_look,
        list_sort(array_agg(distinct witness) filter (where kind = 'present')) as witnesses,
        count(*) as observations,
        max_by(anchor, turn) filter (where anchor is not null) as anchor,
        max_by(anchor_kind, turn) filter (where anchor_kind is not null) as anchor_kind,
        max_by(rel, turn) filter (where rel is not null) as rel,
        max_by(not_followed, turn) filter (where not_followed is not null) as nofollow,
        max_by(ugc, turn) filter (where ugc is not null) as ugc,
        max_by(sponsored, turn) filter (where sponsored is not null) as sponsored,
        max_by(noreferrer, turn) filter (where noreferrer is not null) as noreferrer,
        max_by(page_noindex, turn) filter (where page_noindex is not null) as noindex,
        max_by(element, turn) filter (where element is not null) as element,
        max_by(placement, turn) filter (where placement is not null) as placement,
        max_by(context, turn) filter (where context is not null) as context,
        max_by(title, turn) filter (where title is not null) as title,
        max_by(language, turn) filter (where language is not null) as language,
        max(group_size) as group_size,
        bool_or(sitewide) as sitewide,
        max_by(target_status, turn) filter (where target_status is not null) as target_status,
        max_by(hi, turn) filter (where target_status is not null) as target_told
    from observations
    group by link_id
),
names as (
    select distinct link_id, partition, source_page, target_page, target_domain from keys
),
looks as (
    select page, max(hi) as last_look from captures group by page
),
open_gaps as (
    select * from gaps where until_hi is null
),
seen as (
    select
        folds.link_id,
        names.source_page,
        greatest(folds.last_look, looks.last_look, folds.last_seen_hi) as hi
    from folds
    inner join names on names.link_id = folds.link_id
    left join looks on looks.page = names.source_page
),
unseen as (
    select seen.link_id, min(blind.hi) as since, max_by(blind.reason, blind.hi) as reason
    from seen
    inner join blind
        on blind.page = seen.source_page and (seen.hi is null or blind.hi > seen.hi)
    group by seen.link_id
),
judged as (
    select
        folds.*,
        names.partition,
        names.source_page,
        names.target_page,
        names.target_domain,
        greatest(folds.last_look, looks.last_look) as last_verified,
        case
            when open_gaps.confirmed then 'lost'
            when open_gaps.reported then 'reported lost'
            when presences = 0 then 'never verified'
            when open_gaps.suspect then 'suspect'
            when unseen.since is not null then 'unknown'
            else 'live'
        end as state,
        unseen.since as unseen_since,
        unseen.reason as unseen_reason,
        open_gaps.after_lo,
        open_gaps.absent_reason,
        open_gaps.absent_first,
        open_gaps.proof_first,
        open_gaps.reported_hi,
        open_gaps.reported_by,
        open_gaps.reported_reason
    from folds
    inner join names on names.link_id = folds.link_id
    left join looks on looks.page = names.source_page
    left join open_gaps on open_gaps.link_id = folds.link_id
    left join unseen on unseen.link_id = folds.link_id
)
select
    link_id,
    source_page,
    source_url,
    source_hash,
    source_host,
    source_domain,
    source_identity,
    judged.target_page,
    target_url,
    target_host,
    target_domain,
    targets.resolved_page,
    targets.landing_path,
    targets.landing_host,
    state,
    case state
        when 'lost' then absent_reason
        when 'suspect' then absent_reason
        when 'reported lost' then reported_reason
        when 'unknown' then unseen_reason
    end as reason,
    first_seen_lo,
    first_seen_hi,
    last_seen_lo,
    last_seen_hi,
    last_verified,
    case when state = 'unknown' then unseen_since end as unknown_since,
    case when state in ('lost', 'suspect', 'reported lost') then after_lo end as lost_lo,
    case state
        when 'lost' then proof_first
        when 'suspect' then absent_first
        when 'reported lost' then reported_hi
    end as lost_hi,
    case state when 'reported lost' then reported_by end as reported_by,
    coalesce(array_to_string(witnesses, ' '), '') as witnesses,
    observations,
    anchor,
    anchor_kind,
    rel,
    nofollow,
    ugc,
    sponsored,
    noreferrer,
    noindex,
    element,
    placement,
    context,
    title,
    language,
    group_size,
    sitewide,
    case
        when target_answers.hi >= coalesce(target_told, target_answers.hi)
            then target_answers.status
        else target_status
    end as target_status,
    judged.partition
from judged
left join targets on targets.target_page = judged.target_page
left join target_answers on target_answers.target_page = judged.target_page
order by target_domain, judged.target_page, source_page
