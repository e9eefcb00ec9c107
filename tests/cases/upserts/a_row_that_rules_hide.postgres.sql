SELECT coalesce(
  (
    EXISTS (
      SELECT 1
      FROM customers
      WHERE customers.id = proposed.customer_id AND customers.org = $1::VARCHAR
    )
  )
    AND proposed.org = $2::VARCHAR,
  false
) AS coalesce_1
FROM (
  SELECT $3::INTEGER AS id, $4::VARCHAR AS number, $5::VARCHAR AS state, CAST('0' AS NUMERIC(10, 2)) AS total,
    $6::INTEGER AS customer_id, $7::INTEGER AS seller_id, $8::VARCHAR AS org
) AS proposed

SELECT coalesce(
  (m1.state != $1::VARCHAR OR m1.seller_id = $2::INTEGER)
    AND m1.org = $3::VARCHAR
    AND m1.seller_id = $2::INTEGER
    AND m1.org = $3::VARCHAR,
  false
) AS allowed,
  true AS wanted, CAST(m1.id AS TEXT) AS k0
FROM orders AS m1
WHERE m1.id = $4::INTEGER
FOR UPDATE OF m1
