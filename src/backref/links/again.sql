-- Looks of our own at pages whose servers said, asked about the body that we had read, that it still
-- holds. Grain: one look; `seen_hi` is when we read that body last.
--
-- A server's word is taken for what the page shows, never for what it does not: such a look repeats
-- presences and proves nothing missing.
select
    checks.page,
    checks.at as hi,
    checks.confirms as digest,
    max(captured.observed_hi) as seen_hi,
    max(coalesce(nullif(captured.canonical_page, captured.page), '')) as canonical
from checks
inner join page_observations as captured
    on captured.page = checks.page
    and captured.url = checks.url
    and captured.digest = checks.confirms
    and captured.observed_hi < checks.at
where checks.told = 'unchanged'
    and checks.purpose = 'page'
    and captured.witness = 'check'
    and captured.complete
    and captured.status between 200 and 299
group by checks.page, checks.at, checks.confirms
