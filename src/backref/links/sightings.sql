-- What each observation says of its link. Grain: one observation, named by `row_id`.
--
-- `keys` is keys.sql with a `link_id`. `turn` numbers a link's observations from the weakest to
-- the one that tells last: agreements before sightings, undated before dated, and where one look
-- saw several such links, nofollow before followed and boilerplate before content.
-- A page that answers 404 or 410 carries no links, whatever its error page shows.
with told as (
    select
        keys.link_id,
        observation.row_id,
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
from told
