-- Sessions of $site that began between $since and $until, oldest first, $limit of them at most.
select *
from sessions
where site = $site and started <= $until and ($since is null or started >= $since)
order by started, session_id
limit $limit
