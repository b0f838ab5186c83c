-- The visits to one site that begin on one UTC day, one row each, without what is decided in
-- Python afterwards (identity, channel, the referrer's domain and name).
-- A visit ends after 30 minutes of silence, or when a request brings an outside host or campaign
-- other than the one brought last. Midnight does not end it: in a day's first half hour
-- `visitor_before` is the visitor's hash under yesterday's salt. So that a day needs only its
-- neighbours, a visit carried over midnight ends at noon at the latest, and what was brought last
-- is remembered until the end of the next day.
-- Hits are those of $yesterday, $today and $tomorrow; `referrers` says which hosts are outside.
WITH requests AS (
    SELECT
        h.*,
        h.at AS moment,
        CASE WHEN h.referrer_host = h.host THEN NULL ELSE r.outside_host END AS outside_host,
        CASE
            WHEN coalesce(h.source, h.medium, h.campaign, h.code, h.click_id) IS NOT NULL
                THEN lower(
                    coalesce(h.source, '') || '|' || coalesce(h.medium, '') || '|'
                    || coalesce(h.campaign, '') || '|' || coalesce(h.code, '') || '|'
                    || coalesce(h.click_id, '')
                )
        END AS tags
    FROM hits AS h
    LEFT JOIN referrers AS r ON h.referrer_host = r.referrer_host
    WHERE h.kind IN ('view', 'dead')
),

renamed AS (
    SELECT partition, visitor, min(visitor_before) AS before
    FROM requests
    WHERE visitor_before IS NOT NULL
    GROUP BY partition, visitor
),

-- Each visitor of today, with what the same visitor did yesterday and until noon tomorrow.
followed AS (
    SELECT visitor AS person, requests.* FROM requests WHERE partition = $today
    UNION ALL
    SELECT n.visitor AS person, y.*
    FROM requests AS y
    INNER JOIN renamed AS n ON y.visitor = n.before
    WHERE y.partition = $yesterday AND n.partition = $today
    UNION ALL
    SELECT n.before AS person, t.*
    FROM requests AS t
    INNER JOIN renamed AS n ON t.visitor = n.visitor
    WHERE t.partition = $tomorrow AND n.partition = $tomorrow AND t.moment < $noon_after
),

-- Logs are exact to a second: within one, arrivals from outside come before clicks inside.
ordered AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY person
            ORDER BY
                moment,
                CASE
                    WHEN tags IS NOT NULL THEN 0
                    WHEN outside_host IS NOT NULL THEN 1
                    WHEN referrer_host IS NULL THEN 2
                    ELSE 3
                END,
                row_id
        ) AS place
    FROM followed
),

silences AS (
    SELECT
        *,
        CASE
            WHEN
                lag(moment) OVER (PARTITION BY person ORDER BY place) >= moment - INTERVAL 30 MINUTE
                THEN 0
            ELSE 1
        END AS after_silence
    FROM ordered
),

runs AS (
    SELECT
        *,
        sum(after_silence) OVER (
            PARTITION BY person ORDER BY place ROWS UNBOUNDED PRECEDING
        ) AS run
    FROM silences
),

-- Requests that bring an outside host or a campaign, each with what was brought before it.
arrivals AS (
    SELECT
        person,
        place,
        outside_host,
        tags,
        moment,
        lag(moment) OVER last_arrival AS last_at,
        lag(outside_host) OVER last_arrival AS last_host,
        lag(tags) OVER last_arrival AS last_tags
    FROM runs
    WHERE outside_host IS NOT NULL OR tags IS NOT NULL
    WINDOW last_arrival AS (PARTITION BY person, run ORDER BY place)
),

new_arrivals AS (
    SELECT person, place
    FROM arrivals
    WHERE
        last_at IS NULL
        OR (moment >= $midnight_after AND last_at < $midnight)
        OR (outside_host IS NOT NULL AND outside_host <> coalesce(last_host, ''))
        OR (tags IS NOT NULL AND tags <> coalesce(last_tags, ''))
),

numbered AS (
    SELECT
        r.*,
        sum(CASE WHEN r.after_silence = 1 OR n.place IS NOT NULL THEN 1 ELSE 0 END) OVER (
            PARTITION BY r.person ORDER BY r.place ROWS UNBOUNDED PRECEDING
        ) AS number
    FROM runs AS r
    LEFT JOIN new_arrivals AS n ON r.person = n.person AND r.place = n.place
),

parted AS (
    SELECT
        *,
        CASE
            WHEN
                moment >= $noon AND min(moment) OVER (PARTITION BY person, number) < $midnight
                THEN 1
            ELSE 0
        END AS part
    FROM numbered
),

steps AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY person, number, part ORDER BY place) AS step,
        min(moment) OVER (PARTITION BY person, number, part) AS started
    FROM parted
),

visits AS (
    SELECT *
    FROM steps
    WHERE started >= $midnight AND started < $midnight_after
),

goal_paths AS (
    SELECT DISTINCT v.page, g.goal
    FROM (SELECT DISTINCT page FROM visits WHERE kind = 'view') AS v
    INNER JOIN goal_patterns AS g ON v.page LIKE g.pattern ESCAPE '^'
),

reached AS (
    SELECT DISTINCT v.person, v.number, v.part, g.goal
    FROM visits AS v
    INNER JOIN goal_paths AS g ON v.page = g.page
    WHERE v.kind = 'view'
),

conversions AS (
    SELECT person, number, part, count(*) AS conversions, string_agg(goal, ' ' ORDER BY goal) AS goals
    FROM reached
    GROUP BY person, number, part
),

summed AS (
    SELECT
        person,
        number,
        part,
        max(site) AS site,
        min(started) AS started,
        max(moment) AS ended,
        max(CASE WHEN step = 1 THEN page END) AS entry_page,
        max(CASE WHEN step = 1 THEN status END) AS entry_status,
        coalesce(
            arg_max(page, step) FILTER (WHERE kind = 'view'), arg_max(page, step)
        ) AS exit_page,
        sum(CASE WHEN kind = 'view' THEN 1 ELSE 0 END) AS views,
        min(CASE WHEN kind = 'view' THEN moment END) AS first_view,
        max(CASE WHEN kind = 'view' THEN moment END) AS last_view,
        max(CASE WHEN step = 1 THEN referrer_host END) AS sent_by,
        max(CASE WHEN step = 1 THEN outside_host END) AS outside_host,
        max(CASE WHEN step = 1 THEN referrer_page END) AS referrer_page,
        max(CASE WHEN step = 1 THEN referrer_via END) AS referrer_via,
        max(CASE WHEN step = 1 THEN source END) AS source,
        max(CASE WHEN step = 1 THEN medium END) AS medium,
        max(CASE WHEN step = 1 THEN campaign END) AS campaign,
        max(CASE WHEN step = 1 THEN content END) AS content,
        max(CASE WHEN step = 1 THEN code END) AS code,
        max(CASE WHEN step = 1 THEN click_id END) AS click_id
    FROM visits
    GROUP BY person, number, part
)

SELECT
    s.person AS visitor,
    -- Visits of one visitor may begin in the same second: their order tells them apart.
    row_number() OVER (PARTITION BY s.person, s.started ORDER BY s.number, s.part) AS ordinal,
    s.site,
    s.started,
    s.ended,
    s.entry_page,
    s.entry_status,
    s.exit_page,
    s.views,
    s.first_view,
    s.last_view,
    (s.views >= 2 OR c.conversions IS NOT NULL) AS engaged,
    (s.views < 2 AND c.conversions IS NULL) AS bounced,
    v.verdict,
    v.reasons,
    v.bot,
    v.bot_purpose,
    CASE WHEN s.outside_host IS NOT NULL THEN s.sent_by END AS referrer_host,
    CASE WHEN s.outside_host IS NOT NULL THEN s.referrer_page END AS referrer_page,
    CASE WHEN s.outside_host IS NOT NULL THEN s.referrer_via END AS referrer_via,
    (s.sent_by IS NOT NULL AND s.outside_host IS NULL) AS internal,
    s.source,
    s.medium,
    s.campaign,
    s.content,
    s.code,
    s.click_id,
    coalesce(c.conversions, 0) AS conversions,
    c.goals
FROM summed AS s
INNER JOIN verdicts AS v ON s.person = v.visitor
LEFT JOIN conversions AS c
    ON s.person = c.person AND s.number = c.number AND s.part = c.part
ORDER BY s.started, s.person, ordinal
