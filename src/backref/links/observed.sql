-- Observations of links to the domains from $first to $last, of slice $slice of $slices of their
-- pages: what a link is depends on no other domain and on no other page. Grain: one observation.
--
-- Those until $until alone, where it is a time; what is undated is known always.
select *
from link_observations
where target_domain between $first and $last
    and source_hash % $slices = $slice
    and coalesce(observed_hi <= $until, true)
