UPDATE customers AS m1
SET email = ?, "limit" = ?
WHERE m1.id = ?
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT '{"id":'
    || CAST(m1.id AS TEXT)
    || ',"limit":'
    || coalesce(CAST(m1."limit" AS TEXT), 'null')
    || ',"email":'
    || json_quote(m1.email)
    || '}' AS joined_1
  FROM customers AS m1
  WHERE m1.id = ?
) AS anon_1
