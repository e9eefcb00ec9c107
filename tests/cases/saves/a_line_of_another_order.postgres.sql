WITH written AS (
  UPDATE orders AS m1
  SET state = $3::VARCHAR
  WHERE m1.id = $4::INTEGER
    AND m1.seller_id = $5::INTEGER
    AND m1.org = $6::VARCHAR
    AND (m1.state != $7::VARCHAR OR m1.seller_id = $5::INTEGER)
    AND m1.org = $6::VARCHAR
  RETURNING m1.id, m1.number, m1.state, m1.total, m1.customer_id, m1.seller_id, m1.org
)
SELECT coalesce(written.seller_id = $1::INTEGER AND written.org = $2::VARCHAR, false) AS passes,
  CAST(written.id AS TEXT) AS k0
FROM written

SELECT found.allowed, found.k0
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN (
  SELECT coalesce(
    m1.order_id = CAST($1::VARCHAR AS INTEGER)
      AND NOT m1.hidden
      AND (
        EXISTS (
          SELECT 1
          FROM orders
          WHERE orders.id = m1.order_id AND orders.seller_id = $2::INTEGER
        )
      ),
    false
  ) AS allowed,
    CAST(m1.id AS TEXT) AS k0
  FROM lines AS m1
  WHERE m1.id = $3::INTEGER
  FOR UPDATE
) AS found
  ON true
