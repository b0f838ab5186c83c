-- How many links and referring domains each domain from $first to $last has. Grain: one domain.
select
    target_domain,
    count(*) as referring_domains,
    count(case when live_links > 0 then 1 end) as live_domains,
    count(case when followed_links > 0 then 1 end) as followed_domains,
    sum(links) as links,
    sum(live_links) as live_links,
    sum(followed_links) as followed_links,
    sum(lost_links) as lost_links,
    min(first_seen_lo) as first_seen_lo,
    max(last_seen_hi) as last_seen_hi,
    partition
from referring_domains
where target_domain between $first and $last
group by target_domain, partition
order by target_domain
