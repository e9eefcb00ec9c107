WITH written AS (
  INSERT INTO lines(product, count, hidden, order_id)
  VALUES ($2::VARCHAR, $3::INTEGER, $4::BOOLEAN, $5::INTEGER)
  RETURNING lines.id, lines.product, lines.count, lines.hidden, lines.order_id
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

WITH written AS (
  INSERT INTO lines(product, count, hidden, order_id)
  VALUES ($2::VARCHAR, $3::INTEGER, $4::BOOLEAN, $5::INTEGER)
  RETURNING lines.id, lines.product, lines.count, lines.hidden, lines.order_id
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

WITH written AS (
  INSERT INTO lines(product, count, hidden, order_id)
  VALUES ($2::VARCHAR, $3::INTEGER, $4::BOOLEAN, $5::INTEGER)
  RETURNING lines.id, lines.product, lines.count, lines.hidden, lines.order_id
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
    || ',"order":'
    || CASE WHEN (m2.id IS NULL) THEN 'null' ELSE '{"number":'
    || CAST(to_json(m2.number) AS TEXT)
    || '}' END
    || '}' AS joined_1
  FROM lines AS m1
  LEFT OUTER JOIN orders AS m2 ON m1.order_id = m2.id
    AND (m2.state != $1::VARCHAR OR m2.seller_id = $2::INTEGER)
    AND m2.org = $3::VARCHAR
  WHERE m1.id = CAST($4::VARCHAR AS INTEGER) AND NOT m1.hidden
) AS anon_1

SELECT string_agg(
  '{"product":' || CAST(to_json(m2.product) AS TEXT) || ',"count":' || CAST(m2.count AS TEXT) || '}', ','
) AS row_texts_1
FROM (
  SELECT m1.product AS product, m1.count AS count, m1.id AS order_1
  FROM lines AS m1
  WHERE NOT m1.hidden AND (m1.order_id = $1::INTEGER)
  ORDER BY m1.id ASC
) AS m2
