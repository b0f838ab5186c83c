-- Every host on either side of a link, with its registrable domain. Grain: one host.
select source_host as host, source_domain as domain from links
union
select target_host, target_domain from links
