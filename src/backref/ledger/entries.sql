-- What the visits sent to $site from outside between $since and $until told of their origin, each
-- combination once: channels are judged outside SQL.
select distinct source, medium, campaign, code, click_id, referrer_host
from sessions
where site = $site
    and referrer_host is not null
    and started <= $until
    and ($since is null or started >= $since)
