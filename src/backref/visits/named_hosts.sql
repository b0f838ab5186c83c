-- From when to when the logs of each site name which of its hosts.
SELECT site, host, min(day) AS first_day, max(day) AS last_day
FROM log_days
WHERE host IS NOT NULL
GROUP BY site, host
