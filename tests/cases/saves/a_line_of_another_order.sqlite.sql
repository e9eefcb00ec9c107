SELECT 1
FROM (
  SELECT m1.id AS id, m1.number AS number, ? AS state, m1.total AS total, m1.customer_id AS customer_id,
    m1.seller_id AS seller_id, m1.org AS org
  FROM orders AS m1
  WHERE m1.id = ? AND m1.seller_id = ? AND m1.org = ? AND (m1.state != ? OR m1.seller_id = ?) AND m1.org = ?
) AS proposed
WHERE coalesce(proposed.seller_id = ? AND proposed.org = ?, false) = 0
LIMIT 1
OFFSET ?

UPDATE orders AS m1
SET state = ?
WHERE m1.id = ? AND m1.seller_id = ? AND m1.org = ? AND (m1.state != ? OR m1.seller_id = ?) AND m1.org = ?
RETURNING 1 AS passes, id AS k0

SELECT found.allowed, found.k0
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN (
  SELECT coalesce(
    m1.order_id = ?
      AND m1.hidden = 0
      AND (
        EXISTS (
          SELECT 1
          FROM orders
          WHERE orders.id = m1.order_id AND orders.seller_id = ?
        )
      ),
    false
  ) AS allowed,
    m1.id AS k0
  FROM lines AS m1
  WHERE m1.id = ?
) AS found
  ON 1 = 1
