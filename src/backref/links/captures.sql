-- Looks at the linking pages that can prove a link missing, and those that found them unchanged. Grain: one (page, witness, time).
--
-- A complete 2xx page proves that a link which it does not show was removed; 404 and 410 that the
-- page is gone; a redirect to another page that it moved. 403, 429, 5xx and torn pages prove
-- nothing. A page that is as it was (`again`) has the reason `unchanged`, which proves nothing missing
-- either. Resource records have no status and count as fine. `canonical` is the other page that a
-- page shown names in its place, empty for none.
with sources as (
    select distinct source_page from keys
),
judged as (
    select
        observation.page,
        observation.witness,
        observed_lo as lo,
        observed_hi as hi,
        digest,
        case
            when complete and coalesce(status, 200) between 200 and 299
                then coalesce(nullif(canonical_page, observation.page), '')
        end as canonical,
        case
            when status in (404, 410) then 'page-gone'
            when redirect_page <> observation.page
                and coalesce(status, 200) between 200 and 399 then 'redirected'
            when complete and coalesce(status, 200) between 200 and 299 then 'removed'
        end as reason
    from page_observations as observation
    inner join sources on sources.source_page = observation.page
    where observed_hi is not null
)
select
    page,
    witness,
    max(lo) as lo,
    hi,
    min(reason) as reason,
    max(canonical) as canonical,
    min(digest) as digest
from judged
where reason is not null
group by page, witness, hi
union all
select again.page, 'check', again.hi, again.hi, 'unchanged', again.canonical, again.digest
from again
inner join sources on sources.source_page = again.page
