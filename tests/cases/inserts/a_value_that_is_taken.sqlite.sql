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
  SELECT CAST(NULL AS INTEGER) AS id, ? AS number, ? AS state, '0' AS total, ? AS customer_id, ? AS seller_id,
    ? AS org
) AS proposed

INSERT INTO orders(number, state, customer_id, seller_id, org)
VALUES (?, ?, ?, ?, ?)
RETURNING 1 AS passes, id AS k0
