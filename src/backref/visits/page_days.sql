-- Requests for each page of one site on one UTC day, by status and outside host that sent them.
-- `verdicts` says who is a bot, `referrers` which hosts are outside.
SELECT
    h.site,
    CAST($day AS DATE) AS day,
    h.page,
    h.status,
    CASE WHEN h.referrer_host = h.host OR r.outside_host IS NULL THEN NULL ELSE h.referrer_host END
        AS referrer_host,
    sum(CASE WHEN v.verdict = 'bot' THEN 0 ELSE 1 END) AS people,
    sum(CASE WHEN v.verdict = 'bot' THEN 1 ELSE 0 END) AS bots
FROM hits AS h
LEFT JOIN referrers AS r ON h.referrer_host = r.referrer_host
LEFT JOIN verdicts AS v ON h.visitor = v.visitor
WHERE h.kind IN ('view', 'dead')
GROUP BY 1, 2, 3, 4, 5
ORDER BY h.page, 5, h.status
