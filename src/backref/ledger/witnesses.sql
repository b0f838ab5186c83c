-- Which sets of witnesses saw links of each source identity in the `standing`.
select distinct source_identity, witnesses
from standing
where row_kind = 'link' and witnesses is not null
order by source_identity, witnesses
