-- Observations of links until $until, of slice $slice of $slices. Grain: one observation. What is
-- undated is known always.
select *
from link_observations
where coalesce(observed_hi, $until) <= $until and source_hash % $slices = $slice
