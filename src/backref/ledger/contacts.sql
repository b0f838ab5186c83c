-- The contact or handle of each placement of $site that names one, the one agreed last being last.
select row_id, source_identity, contact
from agreed
where site = $site and contact is not null
order by day nulls first, row_id
