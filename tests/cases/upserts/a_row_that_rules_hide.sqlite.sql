SELECT coalesce(
  (
    EXISTS (
      SELECT 1
      FROM customers
      WHERE customers.id = proposed.customer_id AND customers.org = ?
    )
  )
    AND proposed.org = ?,
  false
) AS coalesce_1
FROM (
  SELECT ? AS id, ? AS number, ? AS state, CAST('0' AS NUMERIC(10, 2)) AS total, ? AS customer_id,
    ? AS seller_id, ? AS org
) AS proposed

SELECT coalesce(
  (m1.state != ? OR m1.seller_id = ?) AND m1.org = ? AND m1.seller_id = ? AND m1.org = ?, false
) AS allowed,
  true AS wanted, m1.id AS k0
FROM orders AS m1
WHERE m1.id = ?
