-- How the links of $site stand. Grain: one link.
select link_id, state
from ledger
where site = $site and row_kind = 'link'
