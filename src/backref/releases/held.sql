-- Names of which it is known how a release ranks them, or that it does not. Grain: one name.
select distinct domain as name
from domain_ranks
where level = $level and release = $release
