UPDATE lines AS m1
SET count = ?
WHERE m1.id = ?
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT '{"count":' || CAST(m1.count AS TEXT) || '}' AS joined_1
  FROM lines AS m1
  WHERE m1.id = ?
) AS anon_1

UPDATE users AS m1
SET name = ?
WHERE m1.id = ?
RETURNING 1 AS passes, id AS k0

SELECT '{"count":' || CAST(m1.count AS TEXT) || '}' AS joined_1
FROM lines AS m1
WHERE m1.id = ?
