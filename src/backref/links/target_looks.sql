-- Looks at the target pages in `link_observations` that ever led elsewhere or were gone. Grain: one
-- (bucket of the links, look).
--
-- `leads` is broken for 404 and 410, the other page that a redirect leads to, and empty where the
-- target answers itself. What may pass, as 403, 429 and 5xx, tells nothing.
with looks as (
    select
        page,
        observed_lo as lo,
        observed_hi as hi,
        digest,
        row_id,
        case
            when status in (404, 410) then 'broken'
            when redirect_page <> page and coalesce(status, 200) between 200 and 399
                then redirect_page
            when coalesce(status, 200) between 200 and 299 then ''
        end as leads
    from page_observations
    where observed_hi is not null
),
moved as (
    select distinct page from looks where leads <> ''
),
targets as (
    select distinct partition, target_page
    from link_observations
    where target_page in (select page from moved)
)
select targets.partition, looks.page, lo, hi, leads, looks.digest, row_id
from targets
inner join looks on looks.page = targets.target_page
where leads is not null
