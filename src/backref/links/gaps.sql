-- The stretches between a link's presences in which somebody missed it. Grain: one (link, gap)
-- with at least one absence or report of loss; the open gap has no `until_hi`.
--
-- Events are ordered by their latest possible time, undated ones first. A look that saw the link
-- missed nothing, and a vendor's report made for the time of a presence stands after it.
-- A gap is `confirmed` by two absences at least 24 h apart. After undated presences alone only
-- our own checks confirm: an archive's page may be older than the link.
-- `confirmed_at` is when the look was taken that confirmed it.
-- A link without target lives on as long as any link from its page to its domain does.
with presences as (
    select link_id, lo, hi from sightings where kind = 'present'
    union all
    select vague.link_id, sightings.lo, sightings.hi
    from keys as vague
    inner join keys as exact
        on exact.source_page = vague.source_page
        and exact.target_domain = vague.target_domain
        and exact.link_id <> vague.link_id
    inner join sightings on sightings.link_id = exact.link_id and sightings.kind = 'present'
    where vague.target_page is null
),
presence_times as (
    select link_id, hi, max(lo) as lo from presences group by link_id, hi
),
carried as (
    select distinct link_id, source_page from keys
),
absences as (
    select link_id, lo, hi, witness, 'removed' as reason
    from sightings
    where kind = 'absent' and hi is not null
    union all
    select carried.link_id, captures.lo, captures.hi, captures.witness, captures.reason
    from carried
    inner join captures on captures.page = carried.source_page
    where captures.reason <> 'unchanged'
),
absence_times as (
    select
        absences.link_id,
        absences.hi,
        max(absences.lo) as lo,
        min(absences.reason) as reason,
        max(absences.lo) filter (where absences.witness = 'check') as check_lo
    from absences
    left join presence_times
        on presence_times.link_id = absences.link_id and presence_times.hi = absences.hi
    where presence_times.link_id is null
    group by absences.link_id, absences.hi
),
reports as (
    select link_id, hi, witness, reason, turn from sightings where kind = 'reported_lost'
),
events as (
    select link_id, hi, 1 as rank, lo as present_lo, null as absent_lo, null as check_lo,
        null as witness, null as reason, null as turn
    from presence_times
    union all
    select link_id, hi, 0, null, lo, check_lo, null, reason, null from absence_times
    union all
    select link_id, hi, 2, null, null, null, witness, reason, turn from reports
),
numbered as (
    select
        *,
        count(*) filter (where rank = 1) over (
            partition by link_id order by hi nulls first, rank
            rows between unbounded preceding and current row
        ) as gap
    from events
),
bounds as (
    select
        link_id,
        gap,
        max(present_lo) over (
            partition by link_id order by gap rows between unbounded preceding and current row
        ) as after_lo,
        hi as after_hi,
        lead(present_lo) over (partition by link_id order by gap) as until_lo,
        lead(hi) over (partition by link_id order by gap) as until_hi
    from numbered
    where rank = 1
),
first_presences as (
    select link_id, present_lo as until_lo, hi as until_hi
    from numbered
    where rank = 1 and gap = 1
),
missed as (
    select
        numbered.link_id,
        numbered.gap,
        count(*) filter (where rank = 0) as absences,
        max_by(numbered.reason, numbered.hi) filter (where rank = 0) as absent_reason,
        min(numbered.hi) filter (where rank = 0) as absent_first,
        max(absent_lo) as absent_last,
        min(numbered.hi) filter (where check_lo is not null) as checked_first,
        max(check_lo) as checked_last,
        count(*) filter (where rank = 2) as reports,
        min(numbered.hi) filter (where rank = 2) as reported_hi,
        coalesce(
            min(turn) filter (where rank = 2 and numbered.hi is not null),
            min(turn) filter (where rank = 2)
        ) as reported_turn
    from numbered
    where rank <> 1
    group by numbered.link_id, numbered.gap
),
proved as (
    select
        missed.link_id,
        missed.gap,
        after_lo,
        after_hi,
        coalesce(bounds.until_lo, first_presences.until_lo) as until_lo,
        coalesce(bounds.until_hi, first_presences.until_hi) as until_hi,
        missed.gap > 0 and absences > 0 as suspect,
        absent_reason,
        absent_first,
        absent_last,
        case when after_hi is null then checked_first else absent_first end as proof_first,
        case when after_hi is null then checked_last else absent_last end as proof_last,
        reports > 0 as reported,
        reported_hi,
        reported_turn
    from missed
    left join bounds on bounds.link_id = missed.link_id and bounds.gap = missed.gap
    left join first_presences
        on first_presences.link_id = missed.link_id and missed.gap = 0
),
confirmations as (
    select proved.link_id, proved.gap, min(numbered.hi) as confirmed_at
    from proved
    inner join numbered on numbered.link_id = proved.link_id and numbered.gap = proved.gap
    where proved.suspect
        and numbered.rank = 0
        and case when proved.after_hi is null then numbered.check_lo else numbered.absent_lo end
            >= proved.proof_first + interval 24 hour
    group by proved.link_id, proved.gap
)
select
    proved.link_id,
    after_lo,
    after_hi,
    until_lo,
    until_hi,
    suspect,
    absent_reason,
    absent_first,
    absent_last,
    suspect and coalesce(proof_last - proof_first >= interval 24 hour, false) as confirmed,
    proof_first,
    confirmed_at,
    reported,
    reported_hi,
    reporter.witness as reported_by,
    reporter.reason as reported_reason
from proved
left join confirmations
    on confirmations.link_id = proved.link_id and confirmations.gap = proved.gap
left join sightings as reporter
    on reporter.link_id = proved.link_id and reporter.turn = proved.reported_turn
