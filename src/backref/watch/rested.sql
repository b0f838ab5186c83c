-- The last look of our own at each page in `wanted`, whatever for, and not before when its server
-- wants the next one. A look from after $horizon was made by a clock that was wrong. Grain: one page.
select
    checks.page,
    max(least(checks.at, $now)) as last_at,
    max(checks.next_allowed) as next_allowed
from checks
inner join wanted on wanted.page = checks.page
where checks.at <= $horizon
group by checks.page
