-- Addresses that the linking pages redirect to, for folding. Grain: one address.
select distinct redirect_to as url
from page_observations
where redirect_to is not null and page in (select source_page from keys)
