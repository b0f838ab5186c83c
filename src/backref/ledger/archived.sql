-- How many pages archives tell of up to $at, those of unknown time too: one row.
select count(*) as pages
from page_observations
where coalesce(observed_lo <= $at, true)
