-- How many referring domains of the `standing` were live at $at, followed, and seen by an
-- archive or an own check since $stale: one row. A link was live when it had begun, had not gone
-- yet, and somebody saw it after $stale.
with
then_live as (
    select source_identity, followed, last_verified
    from standing
    where row_kind = 'link'
        and state <> 'never verified'
        and (first_seen_lo is null or first_seen_lo <= $at)
        and not (gone and (lost_hi is null or lost_hi <= $at))
        and (last_seen_hi is null or last_seen_hi >= $stale)
)
select
    count(distinct source_identity) as domains,
    count(distinct case when followed then source_identity end) as followed_domains,
    count(distinct case when followed and last_verified >= $stale then source_identity end)
        as seen_domains
from then_live
