-- Who publishes on the platforms named and links to the targets named, by standing links. Grain: one
-- publisher and one domain that is linked to.
select distinct
    links.source_identity,
    links.source_domain,
    links.target_domain
from links
inner join platforms on platforms.domain = links.source_domain
inner join targets on targets.domain = links.target_domain
where links.state in ('live', 'suspect', 'unknown')
order by links.source_identity, links.target_domain
