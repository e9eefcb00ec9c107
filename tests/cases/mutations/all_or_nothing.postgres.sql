WITH written AS (
  UPDATE lines AS m1
  SET count = $1::INTEGER
  WHERE m1.id = $2::INTEGER
  RETURNING m1.id, m1.product, m1.count, m1.hidden, m1.order_id
)
SELECT (
  SELECT '{"count":' || CAST(written.count AS TEXT) || '}' AS joined_1
  FROM written
) AS answer

WITH written AS (
  UPDATE users AS m1
  SET name = $1::VARCHAR
  WHERE m1.id = $2::INTEGER
  RETURNING m1.id, m1.name, m1.salary
)
SELECT (
  SELECT '{"id":' || CAST(written.id AS TEXT) || '}' AS joined_1
  FROM written
) AS answer

SELECT '{"count":' || CAST(m1.count AS TEXT) || '}' AS joined_1
FROM lines AS m1
WHERE m1.id = $1::INTEGER
