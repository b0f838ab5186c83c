-- Each captured page, folded over its captures. Grain: one fold key.
--
-- A capture tells where its page leads when it redirects to another page, or when it is a complete
-- page, whose canonical (or lack of one) counts. The latest that tells wins, so a page that once
-- redirected and now stands for itself resolves to nothing.
with captures as (
    select
        *,
        complete and coalesce(status, 200) between 200 and 299 as parsed,
        redirect_page <> page and coalesce(status, 200) between 200 and 399 as redirects,
        row_number() over (
            partition by page order by observed_hi nulls first, observed_lo, row_id
        ) as turn
    from page_observations
),
judged as (
    select
        *,
        case
            when redirects then redirect_page
            when parsed and canonical_page <> page then canonical_page
        end as leads_to
    from captures
),
folds as (
    select
        page,
        max_by(partition, turn) as partition,
        max_by(host, turn) as host,
        max_by(domain, turn) as domain,
        max_by(url, turn) as url,
        count(*) as captures,
        min(observed_lo) as first_seen,
        max(observed_hi) as last_seen,
        max_by(status, turn) filter (where status is not null) as status,
        max(turn) filter (where parsed) as parsed_turn,
        max(turn) filter (where parsed or redirects) as leads_turn
    from judged
    group by page
)
select
    folds.page,
    folds.host,
    folds.domain,
    folds.url,
    folds.captures,
    folds.first_seen,
    folds.last_seen,
    folds.status,
    parsed.title,
    parsed.language,
    last_word.leads_to as resolves_to,
    parsed.robots_noindex as noindex,
    parsed.external_links,
    folds.partition
from folds
left join judged as parsed
    on parsed.page = folds.page and parsed.turn = folds.parsed_turn
left join judged as last_word
    on last_word.page = folds.page and last_word.turn = folds.leads_turn
order by folds.page
