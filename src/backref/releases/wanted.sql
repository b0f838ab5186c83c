-- Domains that the ledger speaks of, at the level of domains or of hosts. Grain: one name, which
-- may be that of an own site or a rival's too; those are for the caller to add.
select distinct name
from (
    select source_domain as name from links where $level = 'domain'
    union all
    select target_domain from links where $level = 'domain'
    union all
    select source_host from links where $level = 'host'
    union all
    select target_host from links where $level = 'host'
)
where name <> ''
