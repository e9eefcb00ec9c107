WITH written AS (
  DELETE FROM customers AS m1
  WHERE m1.id = $1::INTEGER
  RETURNING m1.id, m1.name, m1.email, m1."limit", m1.org
)
SELECT (
  SELECT '{"id":' || CAST(written.id AS TEXT) || '}' AS joined_1
  FROM written
) AS answer
