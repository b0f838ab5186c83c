-- Targets that lead elsewhere. Grain: one (bucket, target page).
--
-- Few pages lead elsewhere, so links are looked through for these, never sorted by target.
select distinct observed.partition, observed.target_page, pages.resolves_to
from link_observations as observed
inner join pages on pages.page = observed.target_page
where pages.resolves_to is not null
