-- What each visitor did on one UTC day, one row each: all that a bot verdict rests on.
-- Takes a day's hits of every kind, since what a visitor does not ask for tells as much;
-- `referrers` says which hosts are outside or spam, $scanner_paths is a regular expression.
WITH behaviour AS (
    SELECT
        h.partition,
        h.visitor,
        max(h.agent) AS agent,
        max(h.operator) AS operator,
        count(*) AS requests,
        sum(CASE WHEN h.kind IN ('view', 'dead') THEN 1 ELSE 0 END) AS views,
        sum(CASE WHEN h.kind = 'asset' THEN 1 ELSE 0 END) AS assets,
        sum(CASE WHEN h.kind = 'robots' THEN 1 ELSE 0 END) AS robots,
        sum(CASE WHEN h.method = 'HEAD' THEN 1 ELSE 0 END) AS heads,
        sum(CASE WHEN h.status >= 400 AND h.status < 500 THEN 1 ELSE 0 END) AS failures,
        sum(
            CASE
                WHEN h.status < 400 THEN 0
                WHEN regexp_matches(lower(h.path), $scanner_paths) THEN 1
                ELSE 0
            END
        ) AS scans,
        sum(CASE WHEN r.spam THEN 1 ELSE 0 END) AS spam,
        sum(CASE WHEN h.without_referrers THEN 1 ELSE 0 END) AS unreferred,
        sum(
            CASE WHEN h.kind = 'view' AND h.page <> '/' AND h.referrer_host IS NOT NULL
                AND (r.outside_host IS NULL OR h.referrer_host = h.host) THEN 1 ELSE 0 END
        ) AS from_inside,
        count(DISTINCT CASE WHEN h.kind IN ('view', 'dead') THEN h.page END) AS different,
        min(CASE WHEN h.kind IN ('view', 'dead') THEN h.at END) AS began,
        max(CASE WHEN h.kind IN ('view', 'dead') THEN h.at END) AS ended
    FROM hits AS h
    LEFT JOIN referrers AS r ON h.referrer_host = r.referrer_host
    GROUP BY h.partition, h.visitor
)

SELECT b.*, a.text AS agent_text
FROM behaviour AS b
LEFT JOIN agents AS a ON b.agent = a.agent
