-- The place of every link in the order of $sort, turned round when $reversed. Grain: one link.
--
-- `spans(link_id, visits_now, visits_before)` holds the visits of the period that is looked at and of
-- the one that it is compared with. Nothing known stands last.
with
keyed as (
    select
        standing.link_id,
        standing.source_page,
        standing.target_page,
        standing.monthly_visits,
        standing.visits,
        standing.search_share,
        case
            when $sort = 'visits' then standing.monthly_visits
            when $sort = 'conversions' then standing.conversions
            when $sort = 'search' then standing.search_share
            when $sort = 'cost' then standing.cost
            when $sort = 'period' and standing.visits is not null then coalesce(spans.visits_now, 0)
            when $sort = 'change' and standing.visits is not null
                then coalesce(spans.visits_now, 0) - coalesce(spans.visits_before, 0)
        end as amount,
        case
            when $sort = 'first-seen' then standing.first_seen_lo
            when $sort = 'last-seen' then standing.last_seen_hi
            when $sort = 'lost' then standing.lost_hi
        end as moment,
        case
            when $sort = 'source' then standing.source_page
            when $sort = 'target' then standing.target_page
            when $sort = 'anchor' then lower(standing.anchor)
            when $sort = 'state' then standing.state
        end as words
    from standing
    left join spans on spans.link_id = standing.link_id
    where standing.row_kind = 'link'
)
select
    link_id,
    row_number() over (
        order by
            case when $reversed then -amount else amount end desc nulls last,
            case when not $reversed then moment end desc nulls last,
            case when $reversed then moment end asc nulls last,
            case when not $reversed then words end asc nulls last,
            case when $reversed then words end desc nulls last,
            monthly_visits desc nulls last,
            visits desc nulls last,
            search_share desc nulls last,
            source_page,
            target_page nulls last,
            link_id
    ) as place
from keyed
