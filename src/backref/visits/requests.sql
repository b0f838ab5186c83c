-- The page views and dead targets that the sessions of some days are cut from, one row each, with
-- `built`, the day's partition, and `person`, that day's hash of whoever asked. Beside the day's
-- own requests these are what the same visitors did the day before, and what they did the day
-- after until noon: in a day's first half hour `visitor_before` is the visitor's hash under the
-- salt of the day before. `days` names each day's neighbours and that noon.
-- A large day is taken alone and in $slices, by person.
WITH requests AS (
    SELECT
        h.partition, h.visitor, h.visitor_before, h.host, h.at, h.row_id, h.kind, h.page, h.status,
        h.referrer_host, h.referrer_page, h.referrer_via, h.without_referrers,
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
    SELECT d.today AS built, r.visitor AS person, r.*
    FROM requests AS r
    INNER JOIN days AS d ON r.partition = d.today
    UNION ALL
    SELECT d.today AS built, n.visitor AS person, y.*
    FROM days AS d
    INNER JOIN renamed AS n ON d.today = n.partition
    INNER JOIN requests AS y ON d.yesterday = y.partition AND n.before = y.visitor
    UNION ALL
    SELECT d.today AS built, n.before AS person, t.*
    FROM days AS d
    INNER JOIN renamed AS n ON d.tomorrow = n.partition
    INNER JOIN requests AS t ON d.tomorrow = t.partition AND n.visitor = t.visitor
    WHERE t.at < d.noon_after
)

SELECT * FROM followed WHERE person % $slices = $slice
