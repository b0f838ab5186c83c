-- Captures until $until of pages that ever led elsewhere, for where targets led then. Grain: one
-- capture. The captures in which such a page stands for itself are among them, since they end that.
with moved as (
    select distinct page
    from page_observations
    where redirect_page <> page or canonical_page <> page
)
select *
from page_observations
where coalesce(observed_hi, $until) <= $until and page in (select page from moved)
