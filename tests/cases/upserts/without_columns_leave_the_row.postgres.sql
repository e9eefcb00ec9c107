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

SELECT true AS allowed, true AS wanted, CAST(m1.id AS TEXT) AS k0
FROM lines AS m1
WHERE m1.id = $1::INTEGER
FOR UPDATE OF m1

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

SELECT true AS allowed, true AS wanted, CAST(m1.id AS TEXT) AS k0
FROM lines AS m1
WHERE m1.id = $1::INTEGER
FOR UPDATE OF m1

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

SELECT true AS allowed, true AS wanted, CAST(m1.id AS TEXT) AS k0
FROM lines AS m1
WHERE m1.id = $1::INTEGER
FOR UPDATE OF m1

INSERT INTO lines(id, product, count, hidden, order_id)
VALUES ($1::INTEGER, $2::VARCHAR, $3::INTEGER, $4::BOOLEAN, $5::INTEGER)
ON CONFLICT (id) DO NOTHING
RETURNING 1 AS passes, CAST(lines.id AS TEXT) AS k0

SELECT (
  SELECT '{"id":'
    || CAST(m1.id AS TEXT)
    || ',"product":'
    || CAST(to_json(m1.product) AS TEXT)
    || '}' AS joined_1
  FROM lines AS m1
  WHERE m1.id = CAST($1::VARCHAR AS INTEGER) AND NOT m1.hidden
) AS anon_1

SELECT '{"product":' || CAST(to_json(m1.product) AS TEXT) || '}' AS joined_1
FROM lines AS m1
WHERE m1.id = $1::INTEGER AND NOT m1.hidden
