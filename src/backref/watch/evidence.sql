-- Every look of our own at $page, the latest first.
select
    checks.at, purpose, url, outcome, told, why, status, final_url, hops, address, http, tls, robots,
    preferences, seconds, bytes, etag, modified, digest, confirms,
    next_allowed, import_id, position
from checks
where page = $page
order by checks.at desc
limit $limit
