-- What looks of our own until $horizon tell of how each registrable domain wants to be asked, how
-- many it had since $midnight, and how many of these in a row failed. Grain: one domain.
with looks as (
    select domain, checks.at as asked_at, seconds, told, next_allowed,
        told in ('page', 'gone', 'unchanged', 'unreadable', 'blocked') as answered_it
    from checks
    where checks.at <= $horizon and outcome <> 'robots'
),
heard as (
    select domain, max(asked_at) as heard_at from looks where answered_it group by domain
),
unread as (
    select checks.domain, min(checks.at) as since
    from checks
    left join (
        select domain, max(checks.at) as read_at
        from checks
        where robots in ('allowed', 'disallowed', 'none') and checks.at <= $horizon
        group by domain
    ) as readable on readable.domain = checks.domain
    where checks.robots = 'unreachable'
        and checks.at <= $horizon
        and (readable.read_at is null or checks.at > readable.read_at)
    group by checks.domain
)
select
    looks.domain,
    max(looks.asked_at) as last_at,
    coalesce(max_by(looks.seconds, looks.asked_at), 0) as seconds,
    max(looks.next_allowed) as next_allowed,
    count(
        case
            when looks.told = 'unreachable'
                and looks.asked_at >= $midnight
                and (heard.heard_at is null or looks.asked_at > heard.heard_at)
                then 1
        end
    ) as failures,
    count(case when looks.asked_at >= $midnight then 1 end) as today,
    max(unread.since) as unread_since
from looks
left join heard on heard.domain = looks.domain
left join unread on unread.domain = looks.domain
group by looks.domain
order by looks.domain
