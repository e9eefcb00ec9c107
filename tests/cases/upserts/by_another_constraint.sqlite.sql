SELECT true AS allowed, true AS wanted, m1.id AS k0
FROM customers AS m1
WHERE m1.email = ? AND m1.org = ?

UPDATE customers AS m1
SET name = ?
WHERE m1.id = ?
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT '{"id":'
    || CAST(m1.id AS TEXT)
    || ',"name":'
    || json_quote(m1.name)
    || ',"org":'
    || json_quote(m1.org)
    || '}' AS joined_1
  FROM customers AS m1
  WHERE m1.id = ?
) AS anon_1
