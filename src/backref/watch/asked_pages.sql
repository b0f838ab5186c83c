-- Pages of the domains in `senders` that our own eyes looked at since $since. Grain: one page.
select distinct checks.page
from checks
inner join senders on senders.domain = checks.domain
where checks.purpose = 'page' and checks.at >= $since
