-- The lifeline runs of the links in `shown` that touch the weeks from $week_lo to $week_hi.
select lifelines.link_id, lifelines.week_lo, lifelines.week_hi, lifelines.cell, lifelines.nofollow
from lifelines
inner join shown on shown.link_id = lifelines.link_id
where lifelines.week_lo <= $week_hi
    and (lifelines.week_hi is null or lifelines.week_hi >= $week_lo)
order by lifelines.link_id, lifelines.week_lo, lifelines.cell
