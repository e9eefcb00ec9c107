WITH written AS (
  INSERT INTO orders(number, state, customer_id, seller_id, org)
  VALUES ($3::VARCHAR, $4::VARCHAR, $5::INTEGER, $6::INTEGER, $7::VARCHAR)
  RETURNING orders.id, orders.number, orders.state, orders.total, orders.customer_id, orders.seller_id,
    orders.org
)
SELECT coalesce(
  (
    EXISTS (
      SELECT 1
      FROM customers
      WHERE customers.id = written.customer_id AND customers.org = $1::VARCHAR
    )
  )
    AND written.org = $2::VARCHAR,
  false
) AS passes,
  CAST(written.id AS TEXT) AS k0
FROM written

WITH written AS (
  INSERT INTO lines(product, count, hidden, order_id)
  VALUES ($2::VARCHAR, $3::INTEGER, $4::BOOLEAN, CAST($5::VARCHAR AS INTEGER))
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
  VALUES ($2::VARCHAR, $3::INTEGER, $4::BOOLEAN, CAST($5::VARCHAR AS INTEGER))
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
  SELECT '{"number":'
    || CAST(to_json(m1.number) AS TEXT)
    || ',"lines":['
    || coalesce(
      (
        SELECT string_agg('{"product":' || CAST(to_json(m2.product) AS TEXT) || '}', ',') AS row_texts_1
        FROM lines AS m2
        WHERE m1.id = m2.order_id AND NOT m2.hidden
      ),
      ''
    )
    || '],"linesAggregate":'
    || (
      SELECT '{"aggregate":{"count":' || CAST(count(*) AS TEXT) || '}}' AS joined_2
      FROM lines AS m3
      WHERE m1.id = m3.order_id AND NOT m3.hidden
    )
    || '}' AS joined_1
  FROM orders AS m1
  WHERE m1.id = CAST($1::VARCHAR AS INTEGER)
    AND (m1.state != $2::VARCHAR OR m1.seller_id = $3::INTEGER)
    AND m1.org = $4::VARCHAR
) AS anon_1
