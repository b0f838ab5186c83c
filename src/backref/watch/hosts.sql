-- What looks of our own until $horizon tell of how each registrable domain wants to be asked, how
-- many requests it had since $midnight, and how many of these in a row failed; of the domains in
-- `wanted`. Grain: one domain.
with looks as (
    select checks.domain, host, checks.at as asked_at, seconds, next_allowed,
        checks.at + to_microseconds(cast(coalesce(seconds, 0) * 1000000 as bigint)) as ended_at,
        outcome <> 'robots' as page_asked,
        -- As the pacer counts: too many requests and errors of the server are failures.
        outcome <> 'robots' and (told = 'unreachable' or status = 429 or status >= 500) is true
            as failed,
        told in ('page', 'gone', 'unchanged', 'unreadable', 'blocked')
            and (status = 429 or status >= 500) is not true as answered_it,
        -- A request for the page and one for each redirect.
        case when outcome = 'robots' then 0 else 1 end
            + coalesce(length(hops) - length(replace(hops, chr(10), '')) + 1, 0) as requests
    from checks
    inner join wanted on wanted.domain = checks.domain
    where checks.at <= $horizon
),
heard as (
    select domain, max(asked_at) as heard_at from looks where answered_it group by domain
),
unread as (
    select checks.domain, min(checks.at) as since
    from checks
    inner join wanted on wanted.domain = checks.domain
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
    max(looks.ended_at) as last_at,
    coalesce(max_by(looks.seconds, looks.asked_at) filter (where looks.page_asked), 0) as seconds,
    max(looks.next_allowed) as next_allowed,
    count(
        case
            when looks.failed
                and looks.asked_at >= $midnight
                and (heard.heard_at is null or looks.asked_at > heard.heard_at)
                then 1
        end
    ) as failures,
    -- The robots.txt of each host was asked for at least once.
    cast(
        coalesce(sum(case when looks.asked_at >= $midnight then looks.requests end), 0)
        + count(distinct case when looks.asked_at >= $midnight then looks.host end)
        as bigint
    ) as today,
    max(unread.since) as unread_since
from looks
left join heard on heard.domain = looks.domain
left join unread on unread.domain = looks.domain
group by looks.domain
order by looks.domain
