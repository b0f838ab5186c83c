-- The days that the page days at hand tell of, and the own hosts that they name on each. Grain:
-- one (day, host); null is a host that the log does not name.
SELECT DISTINCT site, day, host
FROM page_days
