-- Everything that anybody saw of the link from $source_page to $target_page up to $until, the
-- latest first: a row per observation of the link, and per capture of its page that could have
-- shown it and did not. An observation that names no target may be of another link from that page.
-- What our own eyes saw is told again, with status 304, for each look at which the page's server
-- said that it had not changed since.
with
again as (
    select
        checks.at as again_at,
        checks.import_id,
        checks.position,
        max(captured.observed_hi) as seen_hi
    from checks
    inner join page_observations as captured
        on captured.page = checks.page
        and captured.url = checks.url
        and captured.digest = checks.confirms
        and captured.observed_hi < checks.at
    where checks.page = $source_page
        and checks.told = 'unchanged'
        and checks.at <= $until
        and captured.witness = 'check'
        and captured.complete
        and captured.status between 200 and 299
    group by checks.at, checks.import_id, checks.position
),
told as (
    select
        assertion,
        witness,
        observed_lo,
        observed_hi,
        import_id,
        position,
        reason,
        source_url,
        target_url,
        anchor,
        rel,
        element,
        placement,
        context,
        status,
        target_status,
        target_page is null and $target_page is not null as vague
    from link_observations
    where source_page = $source_page
        and (target_page = $target_page or target_page is null)
        and target_domain in (select target_domain from links where link_id = $link_id)
        and (observed_hi is null or observed_hi <= $until)
),
missed as (
    select
        case
            when captured.status in (404, 410) then 'page gone'
            when captured.redirect_page <> captured.page
                and coalesce(captured.status, 200) between 200 and 399 then 'page redirected'
            when captured.complete and coalesce(captured.status, 200) between 200 and 299
                then 'absent'
            else 'page not readable'
        end as assertion,
        captured.witness,
        captured.observed_lo,
        captured.observed_hi,
        captured.import_id,
        captured.position,
        captured.redirect_to as reason,
        captured.url as source_url,
        captured.status
    from page_observations as captured
    where captured.page = $source_page
        and captured.observed_hi <= $until
        and not exists (
            select 1 from told
            where told.witness = captured.witness and told.observed_hi = captured.observed_hi
        )
)
select * from told
union all
select
    assertion,
    witness,
    again_at,
    again_at,
    again.import_id,
    again.position,
    reason,
    source_url,
    target_url,
    anchor,
    rel,
    element,
    placement,
    context,
    304,
    target_status,
    vague
from told
inner join again on again.seen_hi = told.observed_hi
where told.witness = 'check' and told.assertion = 'present'
union all
select
    assertion, witness, observed_lo, observed_hi, import_id, position, reason, source_url,
    null, null, null, null, null, null, status, null, false
from missed
order by observed_hi desc nulls last, import_id desc, position, assertion
limit $limit
