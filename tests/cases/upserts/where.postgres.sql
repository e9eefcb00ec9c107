SELECT coalesce(
  EXISTS (
    SELECT 1
    FROM orders
    WHERE orders.id = proposed.order_id AND orders.seller_id = $1::INTEGER
  ),
  false
) AS coalesce_1
FROM (
  SELECT $2::INTEGER AS id, $3::VARCHAR AS product, $4::INTEGER AS count, $5::BOOLEAN AS hidden,
    $6::INTEGER AS order_id
) AS proposed

SELECT coalesce(
  NOT m1.hidden
    AND (
      EXISTS (
        SELECT 1
        FROM orders
        WHERE orders.id = m1.order_id AND orders.seller_id = $1::INTEGER
      )
    ),
  false
) AS allowed,
  coalesce(m1.count < $2::INTEGER, false) AS wanted, CAST(m1.id AS TEXT) AS k0
FROM lines AS m1
WHERE m1.id = $3::INTEGER
FOR UPDATE OF m1

WITH written AS (
  UPDATE lines AS m1
  SET count = $2::INTEGER
  WHERE m1.id = CAST($3::VARCHAR AS INTEGER)
  RETURNING m1.id, m1.product, m1.count, m1.hidden, m1.order_id
)
SELECT coalesce(
  EXISTS (
    SELECT 1
    FROM orders
    WHERE orders.id = written.order_id AND orders.seller_id = $1::INTEGER
  ),
  false
) AS passes,
  CAST(written.id AS TEXT) AS k0
FROM written

SELECT (
  SELECT '{"count":' || CAST(m1.count AS TEXT) || '}' AS joined_1
  FROM lines AS m1
  WHERE m1.id = CAST($1::VARCHAR AS INTEGER) AND NOT m1.hidden
) AS anon_1

SELECT coalesce(
  EXISTS (
    SELECT 1
    FROM orders
    WHERE orders.id = proposed.order_id AND orders.seller_id = $1::INTEGER
  ),
  false
) AS coalesce_1
FROM (
  SELECT $2::INTEGER AS id, $3::VARCHAR AS product, $4::INTEGER AS count, $5::BOOLEAN AS hidden,
    $6::INTEGER AS order_id
) AS proposed

SELECT coalesce(
  NOT m1.hidden
    AND (
      EXISTS (
        SELECT 1
        FROM orders
        WHERE orders.id = m1.order_id AND orders.seller_id = $1::INTEGER
      )
    ),
  false
) AS allowed,
  coalesce(m1.count < $2::INTEGER, false) AS wanted, CAST(m1.id AS TEXT) AS k0
FROM lines AS m1
WHERE m1.id = $3::INTEGER
FOR UPDATE OF m1

SELECT string_agg(
  '{"product":' || CAST(to_json(m2.product) AS TEXT) || ',"count":' || CAST(m2.count AS TEXT) || '}', ','
) AS row_texts_1
FROM (
  SELECT m1.product AS product, m1.count AS count, m1.id AS order_1
  FROM lines AS m1
  WHERE NOT m1.hidden AND m1.id = any($1::INTEGER[])
  ORDER BY m1.id ASC
) AS m2
