-- How many visits of people each host sent to $site between $since and $until and how many of them
-- converted, from all hosts: what a common rate is fitted to. Grain: hosts with equal counts.
select visits, converted, count(*) as hosts
from (
    select
        referrer_host,
        count(*) as visits,
        count(case when conversions > 0 then 1 end) as converted
    from sessions
    where site = $site
        and verdict = 'person'
        and referrer_host is not null
        and started <= $until
        and ($since is null or started >= $since)
    group by referrer_host
) as hosts
group by visits, converted
order by visits, converted
