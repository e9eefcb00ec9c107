SELECT true AS passes, CAST(m1.id AS TEXT) AS k0
FROM orders AS m1
WHERE m1.id = $1::INTEGER
  AND m1.seller_id = $2::INTEGER
  AND m1.org = $3::VARCHAR
  AND (m1.state != $4::VARCHAR OR m1.seller_id = $2::INTEGER)
  AND m1.org = $3::VARCHAR
FOR UPDATE
