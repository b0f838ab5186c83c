-- What looks told of each term that ever changed: a link's own terms, and where its target leads.
-- Grain: one (link or target page, term, look); `link_id` is null for a target.
--
-- Only looks of archives and of our own count, for each vendor words a term in its own way. Where
-- one look saw a link several times, the followed one and the one in the content speak, and the
-- anchors stand side by side. Anchors are compared by their first 100 characters, where no
-- observer cuts them; one whose kind is unknown tells nothing. A target that answers with an error
-- that may pass tells nothing either.
with again as (
    select link_id
    from sightings
    where kind = 'present' and witness in ('archive', 'check') and hi is not null
    group by link_id
    having min(hi) < max(hi)
),
seen as (
    select
        sightings.link_id,
        sightings.lo,
        sightings.hi,
        sightings.turn,
        sightings.nofollow as not_followed,
        case when anchor_kind is not null then left(anchor, 100) end as anchor,
        observation.placement,
        page_noindex,
        case
            when rel is not null
                then concat_ws(
                    ' ',
                    case when noreferrer then 'noreferrer' end,
                    case when sponsored then 'sponsored' end,
                    case when ugc then 'ugc' end
                )
        end as rel,
        source_page,
        context,
        proof
    from again
    inner join sightings on sightings.link_id = again.link_id
    inner join link_observations as observation on observation.row_id = sightings.row_id
    where sightings.kind = 'present'
        and sightings.witness in ('archive', 'check')
        and sightings.hi is not null
),
looks as (
    select
        link_id,
        hi,
        max(lo) as lo,
        min(source_page) as source_page,
        case bool_and(not_followed) when true then 'nofollow' when false then 'followed' end
            as follow,
        min(rel) as rel,
        array_to_string(
            list_sort(array_agg(distinct anchor) filter (where anchor is not null)), ' | '
        ) as anchor,
        case
            when bool_or(placement = 'content') then 'content'
            else min(placement)
        end as placement,
        case bool_or(page_noindex) when true then 'noindex' when false then 'index' end
            as robots,
        max_by(context, turn) filter (where context is not null) as context,
        max_by(proof, turn) filter (where proof is not null) as proof
    from seen
    group by link_id, hi
),
named as (
    select looks.*, captures.canonical
    from looks
    left join (
        select page, hi, max(canonical) as canonical from captures group by page, hi
    ) as captures
        on captures.page = looks.source_page and captures.hi = looks.hi
),
terms as (
    select link_id, 'follow' as term, lo, hi, follow as value, context, proof from named
    union all
    select link_id, 'rel', lo, hi, rel, context, proof from named
    union all
    select link_id, 'anchor', lo, hi, anchor, context, proof from named
    union all
    select link_id, 'placement', lo, hi, placement, context, proof from named
    union all
    select link_id, 'robots', lo, hi, robots, context, proof from named
    union all
    select link_id, 'canonical', lo, hi, canonical, context, proof from named
),
of_links as (
    select link_id, null as page, term, lo, hi, value, context, proof
    from terms
    where value is not null
),
of_targets as (
    select
        null as link_id,
        page,
        'target' as term,
        max(lo) as lo,
        hi,
        max(leads) as value,
        null as context,
        min(digest) as proof
    from target_looks
    group by page, hi
),
every as (
    select * from of_links
    union all
    select * from of_targets
),
changing as (
    select link_id, page, term
    from every
    group by link_id, page, term
    having min(value) <> max(value)
)
select every.*
from every
inner join changing
    on changing.link_id is not distinct from every.link_id
    and changing.page is not distinct from every.page
    and changing.term = every.term
