-- Own pages of $site that answered well on their last days, the most asked for first: where a
-- dead page's visitors could be sent. `host` is null for the main host.
with
answers as (
    select
        nullif(host, $site) as host,
        page,
        sum(case when status between 200 and 299 then people else 0 end) as people,
        max(case when status between 200 and 299 then day end) as last_well,
        max(case when status in (404, 410) then day end) as last_dead
    from page_days
    where site = $site and day <= $until_day
    group by nullif(host, $site), page
)
select host, page
from answers
where people > 0 and (last_dead is null or last_well > last_dead)
order by people desc, host nulls first, page
limit $limit
