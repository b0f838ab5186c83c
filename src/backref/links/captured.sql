-- Captures until $until of pages that `link_observations` name as linking or linked. Grain: one
-- capture.
select *
from page_observations
where coalesce(observed_hi, $until) <= $until
    and (
        page in (select source_page from link_observations)
        or page in (select target_page from link_observations)
    )
