-- The days that the page days at hand tell of, and the own hosts that they name on each. Grain:
-- one (day, host); null is a host that the log does not name. A day of several logs is one with
-- referrers as soon as one of them tells any.
SELECT
    site,
    day,
    host,
    min(CASE WHEN without_referrers THEN 1 ELSE 0 END) = 1 AS without_referrers
FROM page_days
GROUP BY site, day, host
