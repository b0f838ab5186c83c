-- How many names a release ranks, null where no file that tells it was imported. Grain: one row.
select max(ranked) as ranked
from domain_ranks
where level = $level and release = $release
