-- The page views and dead targets of one site that a day's sessions are cut from, one row each,
-- with `person`: today's hash of whoever asked. Beside today's requests these are what the same
-- visitors did yesterday, and what they did tomorrow until noon: in a day's first half hour
-- `visitor_before` is the visitor's hash under the salt of the day before.
-- A large day is taken in $slices, by person.
WITH requests AS (
    SELECT
        h.partition, h.visitor, h.visitor_before, h.host, h.at, h.row_id, h.kind, h.page, h.status,
        h.referrer_host, h.referrer_page, h.referrer_via,
        h.source, h.medium, h.campaign, h.content, h.code, h.click_id
    FROM hits AS h
    WHERE h.kind IN ('view', 'dead')
),

renamed AS (
    SELECT partition, visitor, min(visitor_before) AS before
    FROM requests
    WHERE visitor_before IS NOT NULL
    GROUP BY partition, visitor
),

followed AS (
    SELECT visitor AS person, * FROM requests WHERE partition = $today
    UNION ALL
    SELECT n.visitor AS person, y.*
    FROM requests AS y
    INNER JOIN renamed AS n ON y.visitor = n.before
    WHERE y.partition = $yesterday AND n.partition = $today
    UNION ALL
    SELECT n.before AS person, t.*
    FROM requests AS t
    INNER JOIN renamed AS n ON t.visitor = n.visitor
    WHERE t.partition = $tomorrow AND n.partition = $tomorrow AND t.at < $noon_after
)

SELECT * FROM followed WHERE person % $slices = $slice
