-- Which of our own looks each bucket of links rests on. Grain: one (bucket, look at a linking page
-- or at a target).
with places as (
    select distinct partition, source_page as page, 'page' as purpose from link_observations
    union all
    select distinct partition, target_page, 'target'
    from link_observations
    where target_page is not null
)
select places.partition, md5(hex(checks.row_id)) as digest
from checks
inner join places on places.page = checks.page and places.purpose = checks.purpose
