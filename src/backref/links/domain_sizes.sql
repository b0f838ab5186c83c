-- How many observations there are of links to each domain, in the order of the domains. Grain: one
-- domain.
select target_domain, count(*) as observations
from link_observations
group by target_domain
order by target_domain
