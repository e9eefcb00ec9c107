WITH written AS (
  INSERT INTO orders(id, number, state, customer_id, seller_id, org)
  VALUES ($3::INTEGER, $4::VARCHAR, $5::VARCHAR, $6::INTEGER, $7::INTEGER, $8::VARCHAR)
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

SELECT (
  SELECT '{"id":'
    || CAST(m1.id AS TEXT)
    || ',"number":'
    || CAST(to_json(m1.number) AS TEXT)
    || ',"state":'
    || CAST(to_json(m1.state) AS TEXT)
    || ',"total":'
    || CAST(to_json(m1.total) AS TEXT)
    || ',"org":'
    || CAST(to_json(m1.org) AS TEXT)
    || ',"sellerId":'
    || coalesce(CAST(m1.seller_id AS TEXT), 'null')
    || ',"customer":'
    || CASE WHEN (m2.id IS NULL) THEN 'null' ELSE '{"name":'
    || CAST(to_json(m2.name) AS TEXT)
    || '}' END
    || ',"seller":'
    || CASE WHEN (m3.id IS NULL) THEN 'null' ELSE '{"name":'
    || CAST(to_json(m3.name) AS TEXT)
    || '}' END
    || '}' AS joined_1
  FROM orders AS m1
  LEFT OUTER JOIN customers AS m2 ON m1.customer_id = m2.id AND m2.org = $1::VARCHAR
  LEFT OUTER JOIN users AS m3 ON m1.seller_id = m3.id
  WHERE m1.id = CAST($2::VARCHAR AS INTEGER)
    AND (m1.state != $3::VARCHAR OR m1.seller_id = $4::INTEGER)
    AND m1.org = $5::VARCHAR
) AS anon_1
