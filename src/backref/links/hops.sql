-- Targets that lead elsewhere. Grain: one (bucket, target page).
with targets as (
    select distinct partition, target_page from link_observations where target_page is not null
)
select targets.partition, targets.target_page, pages.resolves_to
from targets
inner join pages on pages.page = targets.target_page
where pages.resolves_to is not null
