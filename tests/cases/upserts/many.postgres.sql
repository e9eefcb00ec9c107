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
  true AS wanted, CAST(m1.id AS TEXT) AS k0
FROM lines AS m1
WHERE m1.id = $2::INTEGER
FOR UPDATE OF m1

WITH written AS (
  UPDATE lines AS m1
  SET product = $2::VARCHAR, count = $3::INTEGER
  WHERE m1.id = CAST($4::VARCHAR AS INTEGER)
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
  true AS wanted, CAST(m1.id AS TEXT) AS k0
FROM lines AS m1
WHERE m1.id = $2::INTEGER
FOR UPDATE OF m1

INSERT INTO lines(id, product, count, hidden, order_id)
VALUES ($1::INTEGER, $2::VARCHAR, $3::INTEGER, $4::BOOLEAN, $5::INTEGER)
ON CONFLICT (id) DO NOTHING
RETURNING 1 AS passes, CAST(lines.id AS TEXT) AS k0

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
  true AS wanted, CAST(m1.id AS TEXT) AS k0
FROM lines AS m1
WHERE m1.id = $2::INTEGER
FOR UPDATE OF m1

WITH written AS (
  UPDATE lines AS m1
  SET product = $2::VARCHAR, count = $3::INTEGER
  WHERE m1.id = CAST($4::VARCHAR AS INTEGER)
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
  SELECT '{"id":'
    || CAST(m1.id AS TEXT)
    || ',"product":'
    || CAST(to_json(m1.product) AS TEXT)
    || ',"count":'
    || CAST(m1.count AS TEXT)
    || '}' AS joined_1
  FROM lines AS m1
  WHERE m1.id = CAST($1::VARCHAR AS INTEGER) AND NOT m1.hidden
) AS anon_1
