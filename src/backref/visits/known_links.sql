-- Every link to a site that a witness has seen or, `claimed`, a placement sheet alone tells of, with
-- what decides whether a visit came through it.
-- `own_hosts` are the site's own: what lies on them is no link from outside.
SELECT
    l.link_id,
    l.source_hash,
    l.source_host,
    l.landing_path,
    l.landing_host,
    l.first_seen_lo,
    CASE WHEN l.state IN ('lost', 'reported lost') THEN l.lost_hi END AS lost,
    l.placement,
    coalesce(l.noreferrer, FALSE) AS noreferrer,
    l.state = 'never verified' AS claimed
FROM links AS l
WHERE
    EXISTS (
        SELECT 1 FROM own_hosts AS o
        WHERE l.target_host = o.host OR ends_with(l.target_host, '.' || o.host)
    )
    AND NOT EXISTS (
        SELECT 1 FROM own_hosts AS o
        WHERE l.source_host = o.host OR ends_with(l.source_host, '.' || o.host)
    )
ORDER BY l.link_id
