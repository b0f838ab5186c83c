-- Visits of people through links, added up by day and by what the ledger asks of them: which link or
-- placement, from which domain, how certain. Grain: one of each on one day. Shares are counted in
-- whole billionths, so that no order of rows can change the last digit.
WITH parts AS (
    SELECT visit_links.*, cast(round(share * 1000000000) AS bigint) AS part
    FROM visit_links
    WHERE
        verdict = 'person'
        AND certainty IN ('tagged', 'page', 'only candidate', 'inferred', 'host')
)

SELECT
    site,
    day,
    link_id,
    placement_id,
    referrer_domain,
    certainty,
    cast(sum(part) AS bigint) AS visits,
    cast(sum(CASE WHEN engaged THEN part ELSE 0 END) AS bigint) AS engaged_visits,
    cast(sum(CASE WHEN conversions > 0 THEN part ELSE 0 END) AS bigint) AS converted_visits,
    cast(sum(part * conversions) AS bigint) AS conversions
FROM parts
GROUP BY site, day, link_id, placement_id, referrer_domain, certainty
