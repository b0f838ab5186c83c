-- Hits of $site from $since to $until, oldest first, $limit of them at most.
select *
from hits
where site = $site and hits.at <= $until and ($since is null or hits.at >= $since)
order by hits.at, row_id
limit $limit
