-- Keyed hashes of the pages that people came from to $site, of the domains in `senders`. Grain: one
-- hash.
select distinct sessions.referrer_page
from sessions
inner join senders on senders.domain = sessions.referrer_domain
where sessions.site = $site and sessions.referrer_page is not null
