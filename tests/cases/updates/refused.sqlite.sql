SELECT 1
FROM (
  SELECT m1.id AS id, ? AS number, m1.state AS state, m1.total AS total, ? AS customer_id,
    m1.seller_id AS seller_id, m1.org AS org
  FROM orders AS m1
  WHERE m1.id = ? AND m1.seller_id = ? AND m1.org = ? AND (m1.state != ? OR m1.seller_id = ?) AND m1.org = ?
) AS proposed
WHERE coalesce(proposed.seller_id = ? AND proposed.org = ?, false) = 0
LIMIT 1
OFFSET ?

UPDATE orders AS m1
SET number = ?, customer_id = ?
WHERE m1.id = ? AND m1.seller_id = ? AND m1.org = ? AND (m1.state != ? OR m1.seller_id = ?) AND m1.org = ?
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT '{"id":' || CAST(m1.id AS TEXT) || ',"number":' || json_quote(m1.number) || '}' AS joined_1
  FROM orders AS m1
  WHERE m1.id = ? AND (m1.state != ? OR m1.seller_id = ?) AND m1.org = ?
) AS anon_1

SELECT 1
FROM (
  SELECT m1.id AS id, m1.product AS product, m1.count AS count, m1.hidden AS hidden, ? AS order_id
  FROM lines AS m1
  WHERE m1.id = ?
    AND (
      EXISTS (
        SELECT 1
        FROM orders
        WHERE orders.id = m1.order_id AND orders.seller_id = ?
      )
    )
    AND m1.hidden = 0
) AS proposed
WHERE coalesce(
  EXISTS (
    SELECT 1
    FROM orders
    WHERE orders.id = proposed.order_id AND orders.seller_id = ?
  ),
  false
) = 0
LIMIT 1
OFFSET ?
