-- The domains that were asked since $since, for whatever site and purpose: how often, what came of
-- it last, and not before when they may be asked again. The most troubled first.
select
    domain,
    count(*) as requests,
    count(*) filter (where told not in ('page', 'unchanged', 'gone')) as failed,
    max_by(outcome, checks.at) as outcome,
    max_by(why, checks.at) as why,
    max(checks.at) as last,
    max(next_allowed) as next_allowed
from checks
where checks.at > $since
    and checks.at <= $now
    and checks.outcome not in ('refused', 'robots')
group by domain
order by failed desc, requests desc, domain
limit $limit
