SELECT true AS allowed, true AS wanted, CAST(m1.id AS TEXT) AS k0
FROM customers AS m1
WHERE m1.email = $1::VARCHAR AND m1.org = $2::VARCHAR
FOR UPDATE OF m1

WITH written AS (
  UPDATE customers AS m1
  SET name = $1::VARCHAR
  WHERE m1.id = CAST($2::VARCHAR AS INTEGER)
  RETURNING m1.id, m1.name, m1.email, m1."limit", m1.org
)
SELECT true AS passes, CAST(written.id AS TEXT) AS k0
FROM written

SELECT (
  SELECT '{"id":'
    || CAST(m1.id AS TEXT)
    || ',"name":'
    || CAST(to_json(m1.name) AS TEXT)
    || ',"org":'
    || CAST(to_json(m1.org) AS TEXT)
    || '}' AS joined_1
  FROM customers AS m1
  WHERE m1.id = CAST($1::VARCHAR AS INTEGER)
) AS anon_1
