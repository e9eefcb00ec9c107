SELECT true AS passes, CAST(m1.id AS TEXT) AS k0, CAST(m1.customer_id AS TEXT) AS k1
FROM orders AS m1
WHERE m1.seller_id = $1::INTEGER
  AND m1.org = $2::VARCHAR
  AND (m1.state != $3::VARCHAR OR m1.seller_id = $1::INTEGER)
  AND m1.org = $2::VARCHAR
  AND (m1.number = $4::VARCHAR)
FOR UPDATE

WITH written AS (
  UPDATE customers AS m1
  SET name = $2::VARCHAR
  WHERE m1.id = CAST($3::VARCHAR AS INTEGER) AND m1.org = $4::VARCHAR AND m1.org = $4::VARCHAR
  RETURNING m1.id, m1.name, m1.email, m1."limit", m1.org
)
SELECT coalesce(written.org = $1::VARCHAR, false) AS passes, CAST(written.id AS TEXT) AS k0
FROM written

SELECT (
  SELECT '{"number":'
    || CAST(to_json(m1.number) AS TEXT)
    || ',"customer":'
    || CASE WHEN (m2.id IS NULL) THEN 'null' ELSE '{"name":'
    || CAST(to_json(m2.name) AS TEXT)
    || '}' END
    || '}' AS joined_1
  FROM orders AS m1
  LEFT OUTER JOIN customers AS m2 ON m1.customer_id = m2.id AND m2.org = $1::VARCHAR
  WHERE m1.id = CAST($2::VARCHAR AS INTEGER)
    AND (m1.state != $3::VARCHAR OR m1.seller_id = $4::INTEGER)
    AND m1.org = $5::VARCHAR
) AS anon_1
