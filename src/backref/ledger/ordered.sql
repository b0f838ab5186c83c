-- One page of the `matching` links, in the order of `places(link_id, place)`: the $limit links that
-- stand next after the link $after, or next before the link $before, nearest first. `nth` is a
-- link's place among those that match, of which there are `total`. The link that a page begins at is
-- found among all links, so it may have ceased to match.
with
kept as (
    select
        places.link_id,
        places.place,
        row_number() over (order by places.place) as nth,
        count(*) over () as total
    from places
    inner join matching on matching.link_id = places.link_id
    where matching.missed = 0
),
edges as (
    select
        max(case when link_id = $after then place end) as after_place,
        max(case when link_id = $before then place end) as before_place
    from places
)
select kept.link_id, kept.nth, kept.total
from kept
cross join edges
where (edges.after_place is null or kept.place > edges.after_place)
    and (edges.before_place is null or kept.place < edges.before_place)
order by case when edges.before_place is null then kept.place else -kept.place end
limit $limit
