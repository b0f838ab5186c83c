-- Every referrer's host in the hits at hand, one row each: they are judged outside SQL, once.
SELECT DISTINCT referrer_host
FROM hits
WHERE referrer_host IS NOT NULL AND kind IN ('view', 'dead')
