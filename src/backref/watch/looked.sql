-- Looks that the imports from number $first on brought. Grain: one look.
select checks.at, purpose, url, page, outcome, told, why, status, final_url, tls, seconds, bytes
from checks
where import_id >= $first
order by checks.at, url
