-- What each observation says of its link. Grain: one observation, named by `row_id`, and for one that
-- later looks of our own found unchanged (`again`) each of these looks as well.
--
-- `keys` is keys.sql with a `link_id`. `turn` numbers a link's observations from the weakest to
-- the one that tells last: agreements before sightings, undated before dated, and where one look
-- saw several such links, nofollow before followed and boilerplate before content.
-- A page that answers 404 or 410 carries no links, whatever its error page shows.
with told as (
    select
        keys.link_id,
        observation.row_id,
        observation.source_page as page,
        observation.witness,
        case
            when assertion = 'present'
                and witness in ('archive', 'check') and status in (404, 410) then 'none'
            else assertion
        end as kind,
        observed_lo as lo,
        observed_hi as hi,
        case when nofollow or page_nofollow then true else nofollow end as nofollow,
        observation.placement,
        observation.reason
    from link_observations as observation
    inner join keys
        on keys.source_page = observation.source_page
        and keys.target_domain = observation.target_domain
        and coalesce(keys.observed_page, '') = coalesce(observation.target_page, '')
),
repeated as (
    select told.*, again.hi as again_hi
    from told
    inner join again on again.page = told.page and again.seen_hi = told.hi
    where told.witness = 'check' and told.kind = 'present'
),
every as (
    select link_id, row_id, witness, kind, lo, hi, nofollow, placement, reason from told
    union all
    select link_id, row_id, witness, kind, again_hi, again_hi, nofollow, placement, reason
    from repeated
)
select
    link_id,
    row_id,
    witness,
    kind,
    lo,
    hi,
    nofollow,
    reason,
    row_number() over (
        partition by link_id
        order by
            kind <> 'claimed',
            hi nulls first,
            lo,
            case when nofollow then 0 when nofollow is null then 1 else 2 end,
            coalesce(placement = 'content', false),
            row_id
    ) as turn
from every
