-- The domains (or hosts, by $level) that the ledger is about: who links, who is linked to, and the
-- sites' own. Grain: one name.
select case $level when 'domain' then source_identity else source_host end as domain from links
union
select case $level when 'domain' then source_domain else source_host end from links
union
select case $level when 'domain' then target_domain else target_host end from links
union
select host from site_hosts
order by domain
