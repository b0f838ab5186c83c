-- The links of $site that stand otherwise than in `before`, or did not stand there; at most $most, the
-- losses first. Grain: one link.
select
    ledger.link_id,
    ledger.source_page,
    links.source_url,
    links.target_url,
    before.state as was,
    ledger.state,
    links.reason
from ledger
inner join links on links.link_id = ledger.link_id
left join before on before.link_id = ledger.link_id
where ledger.site = $site
    and ledger.row_kind = 'link'
    and before.state is distinct from ledger.state
order by case ledger.state when 'lost' then 0 else 1 end, ledger.state, ledger.link_id
limit $most
