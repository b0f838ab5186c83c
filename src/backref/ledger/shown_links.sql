-- The rows of the `standing` whose links are `shown`.
select standing.*
from standing
inner join shown on shown.link_id = standing.link_id
where standing.row_kind = 'link'
