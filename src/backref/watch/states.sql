-- The links of $site whose pages our own eyes may look at, as they stand. Grain: one link.
select
    ledger.link_id,
    ledger.source_page,
    ledger.target_page,
    ledger.state,
    links.source_url,
    links.target_url,
    links.reason
from ledger
inner join links on links.link_id = ledger.link_id
where ledger.site = $site and ledger.row_kind = 'link'
order by ledger.link_id
