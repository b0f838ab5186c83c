-- What the servers of the URLs in `wanted` said of the bodies that our own eyes read last, by which
-- they can be asked for a changed page alone. Grain: one URL.
--
-- Only where that body is known to hold until now: it was read whole, without a redirect, by
-- $extractor, and all looks since, fewer than $most, found it unchanged. Looks that were
-- interrupted count for nothing, those after $horizon were made by a wrong clock.
with looks as (
    select checks.url, checks.at as seen_at, told, hops, etag, modified, digest
    from checks
    inner join wanted on wanted.url = checks.url
    where checks.purpose = 'page' and checks.told <> 'interrupted' and checks.at <= $horizon
),
reads as (
    select url, max(seen_at) as read_at from looks where told = 'page' group by url
),
held as (
    select looks.url, max(reads.read_at) as read_at
    from looks
    inner join reads on reads.url = looks.url
    where looks.seen_at > reads.read_at
    group by looks.url
    having count(*) >= $most or bool_or(looks.told <> 'unchanged')
)
select distinct looks.url, looks.etag, looks.modified, looks.digest
from looks
inner join reads on reads.url = looks.url and reads.read_at = looks.seen_at
inner join page_observations as captured
    on captured.url = looks.url
    and captured.digest = looks.digest
    and captured.observed_hi = looks.seen_at
where looks.told = 'page'
    and looks.hops is null
    and coalesce(looks.etag, looks.modified) is not null
    and looks.url not in (select url from held)
    and captured.witness = 'check'
    and captured.complete
    and captured.extractor = $extractor
