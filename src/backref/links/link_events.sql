-- What happened to links after they were found. Grain: one (link, kind, time).
--
-- `turns` are the changes of terms; a target's change befell every link to it that had been seen by
-- then and was not lost. A loss is first suspected, by one look, then confirmed by a second.
with places as (
    select distinct link_id, partition, source_page, target_page from keys
),
presences as (
    select
        sightings.link_id,
        sightings.hi,
        max_by(observation.context, sightings.turn) filter (where context is not null) as context,
        max_by(observation.proof, sightings.turn) filter (where proof is not null) as proof
    from gaps
    inner join sightings on sightings.link_id = gaps.link_id and sightings.kind = 'present'
    inner join link_observations as observation on observation.row_id = sightings.row_id
    where sightings.hi is not distinct from gaps.after_hi
        or sightings.hi is not distinct from gaps.until_hi
    group by sightings.link_id, sightings.hi
),
missed as (
    select gaps.*, captures.digest as missed_digest
    from gaps
    left join places on places.link_id = gaps.link_id
    left join (
        select page, hi, min(digest) as digest from captures group by page, hi
    ) as captures
        on captures.page = places.source_page and captures.hi = gaps.absent_first
    where suspect or reported
),
losses as (
    select link_id, after_hi, 'suspect' as kind, 'once' as certainty, after_lo as at_lo,
        absent_first as at_hi, null as confirmed_at, absent_reason as reason, missed_digest
    from missed
    where suspect
    union all
    select link_id, after_hi, 'lost', 'confirmed', after_lo, proof_first, confirmed_at,
        absent_reason, missed_digest
    from missed
    where confirmed
    union all
    select link_id, after_hi, 'reported lost', 'reported', after_lo, reported_hi, null,
        concat_ws(': ', reported_by, reported_reason), null
    from missed
    where reported and reported_hi is not null
),
lives as (
    select link_id, min(hi) as first_seen
    from sightings
    where kind = 'present' and hi is not null
    group by link_id
),
of_targets as (
    select places.link_id, turns.*
    from turns
    inner join places on places.target_page = turns.page
    inner join lives on lives.link_id = places.link_id and lives.first_seen <= turns.at_hi
    left join gaps
        on gaps.link_id = places.link_id
        and gaps.confirmed
        and gaps.proof_first <= turns.at_hi
        and coalesce(gaps.until_hi > turns.at_hi, true)
    where turns.link_id is null and gaps.link_id is null
),
happened as (
    select
        losses.link_id,
        kind,
        certainty,
        at_lo,
        at_hi,
        confirmed_at,
        'live' as value_before,
        reason as value_after,
        presences.context as context_before,
        null as context_after,
        presences.proof as proof_before,
        missed_digest as proof_after
    from losses
    left join presences
        on presences.link_id = losses.link_id
        and presences.hi is not distinct from losses.after_hi
    union all
    select
        missed.link_id,
        'returned',
        'once',
        coalesce(absent_last, reported_hi),
        until_hi,
        null,
        case when confirmed then 'lost' when reported then 'reported lost' else 'suspect' end,
        'live',
        null,
        presences.context,
        missed_digest,
        presences.proof
    from missed
    left join presences
        on presences.link_id = missed.link_id and presences.hi = missed.until_hi
    where until_hi is not null
    union all
    select
        link_id,
        case
            when term = 'anchor' then 'anchor changed'
            when term = 'placement' then 'placement changed'
            when term = 'rel' then 'rel changed'
            when term = 'robots' and value_after = 'noindex' then 'noindexed'
            when term = 'robots' then 'indexed'
            when term = 'canonical' and value_after = '' then 'canonical ended'
            when term = 'canonical' then 'canonicalised'
            when value_after = 'nofollow' then 'nofollowed'
            else 'followed'
        end,
        case when confirmed_at is null then 'once' else 'confirmed' end,
        at_lo,
        at_hi,
        confirmed_at,
        value_before,
        value_after,
        context_before,
        context_after,
        proof_before,
        proof_after
    from turns
    where link_id is not null
    union all
    select
        link_id,
        case value_after
            when 'broken' then 'target broken'
            when '' then 'target mended'
            else 'target redirected'
        end,
        case when confirmed_at is null then 'once' else 'confirmed' end,
        at_lo,
        at_hi,
        confirmed_at,
        value_before,
        value_after,
        null,
        null,
        proof_before,
        proof_after
    from of_targets
)
select
    happened.link_id,
    kind,
    certainty,
    at_lo,
    at_hi,
    confirmed_at,
    value_before,
    value_after,
    context_before,
    context_after,
    proof_before,
    proof_after,
    places.partition
from happened
inner join places on places.link_id = happened.link_id
order by happened.link_id, at_hi, kind
