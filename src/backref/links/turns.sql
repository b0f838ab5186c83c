-- When a term of `told` changed. Grain: one change of one term.
--
-- Looks that agree are one run. A change is confirmed once a second look at least 24 hours later
-- tells the same with none between that tells otherwise. A run that was never confirmed and after
-- which all is as before was a flicker, of a server or of whoever looked: it changed nothing.
with stepped as (
    select
        *,
        case when lag(value) over look = value then 0 else 1 end as step
    from told
    window look as (partition by link_id, page, term order by hi)
),
numbered as (
    select
        *,
        sum(step) over (
            partition by link_id, page, term order by hi
            rows between unbounded preceding and current row
        ) as run
    from stepped
),
dated as (
    select *, min(hi) over (partition by link_id, page, term, run) as since from numbered
),
runs as (
    select
        link_id,
        page,
        term,
        run,
        since,
        min(value) as value,
        max(lo) as last_lo,
        min(hi) filter (where lo >= since + interval 24 hour) as confirmed_at,
        min_by(context, hi) as first_context,
        max_by(context, hi) as last_context,
        min_by(proof, hi) as first_proof,
        max_by(proof, hi) as last_proof
    from dated
    group by link_id, page, term, run, since
),
neighboured as (
    select
        *,
        lag(value) over around as value_before,
        lead(value) over around as value_after
    from runs
    window around as (partition by link_id, page, term order by run)
),
steady as (
    select *
    from neighboured
    where confirmed_at is not null
        or value_before is distinct from value_after
        or value_before is null
),
turned as (
    select
        link_id,
        page,
        term,
        since as at_hi,
        confirmed_at,
        lag(last_lo) over around as at_lo,
        lag(value) over around as value_before,
        value as value_after,
        lag(last_context) over around as context_before,
        first_context as context_after,
        lag(last_proof) over around as proof_before,
        first_proof as proof_after
    from steady
    window around as (partition by link_id, page, term order by run)
)
select *
from turned
where value_before <> value_after
