-- Where the pages of `frontier` lead. Grain: one page.
select page, resolves_to
from pages
where resolves_to is not null and page in (select page from frontier)
