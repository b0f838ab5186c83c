-- What each group of the `keyed` ledger cost, by currency: a placement counts once in a group.
with
paid as (
    select distinct group_key, placement_id, coalesce(currency, '') as currency, cost
    from keyed
    where placement_id is not null and cost is not null
)
select group_key, currency, round(sum(cost), 6) as cost
from paid
group by group_key, currency
order by group_key, currency
