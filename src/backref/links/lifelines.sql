-- What was known of a link week by week. Grain: one run of weeks with the same evidence.
--
-- Archives and checks prove single weeks, joined while they touch and agree on nofollow. A vendor
-- claims all weeks from its first to its last sighting, until it reports a loss itself. A loss,
-- proved or reported, runs until the week before the link is seen again.
with dated as (
    select
        link_id,
        witness,
        kind,
        turn,
        nofollow,
        cast(date_trunc('week', lo) as date) as week_lo,
        cast(date_trunc('week', hi) as date) as week_hi,
        hi
    from sightings
    where hi is not null and kind in ('present', 'reported_lost')
),
looks as (
    select
        link_id,
        case witness when 'check' then 'verified' else 'archive' end as cell,
        week_hi as week,
        max_by(nofollow, turn) filter (where nofollow is not null) as nofollow
    from dated
    where kind = 'present' and witness in ('archive', 'check')
    group by link_id, cell, week
),
steps as (
    select
        *,
        case
            when lag(week) over run + 7 = week and lag(nofollow) over run is not distinct from nofollow
                then 0
            else 1
        end as step
    from looks
    window run as (partition by link_id, cell order by week)
),
stretches as (
    select
        *,
        sum(step) over (
            partition by link_id, cell order by week
            rows between unbounded preceding and current row
        ) as stretch
    from steps
),
look_runs as (
    select
        link_id,
        min(week) as week_lo,
        max(week) as week_hi,
        cell,
        bool_or(nofollow) as nofollow
    from stretches
    group by link_id, cell, stretch
),
vendor_steps as (
    select
        *,
        sum(case when kind = 'reported_lost' then 1 else 0 end) over (
            partition by link_id, witness order by hi, kind = 'reported_lost'
        ) as losses
    from dated
    where witness not in ('archive', 'check')
),
vendor_runs as (
    select
        link_id,
        min(week_lo) as week_lo,
        max(week_hi) as week_hi,
        'vendor' as cell,
        max_by(nofollow, turn) filter (where nofollow is not null) as nofollow
    from vendor_steps
    where kind = 'present'
    group by link_id, witness, losses
),
loss_weeks as (
    select link_id, 'lost' as cell, proof_first as since, until_lo, until_hi
    from gaps
    where confirmed
    union all
    select link_id, 'reported' as cell, reported_hi as since, until_lo, until_hi
    from gaps
    where reported and reported_hi is not null
),
loss_runs as (
    select
        link_id,
        cast(date_trunc('week', since) as date) as week_lo,
        case when until_hi is not null then
            greatest(
                cast(date_trunc('week', since) as date),
                cast(date_trunc('week', until_lo) as date) - 7
            )
        end as week_hi,
        cell,
        cast(null as boolean) as nofollow
    from loss_weeks
),
runs as (
    select * from look_runs
    union
    select * from vendor_runs
    union
    select * from loss_runs
),
places as (
    select distinct link_id, partition from keys
)
select runs.link_id, week_lo, week_hi, cell, nofollow, places.partition
from runs
inner join places on places.link_id = runs.link_id
order by runs.link_id, week_lo
