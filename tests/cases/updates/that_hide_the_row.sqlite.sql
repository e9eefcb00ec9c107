SELECT 1
FROM (
  SELECT m1.id AS id, m1.product AS product, m1.count AS count, ? AS hidden, m1.order_id AS order_id
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

UPDATE lines AS m1
SET hidden = ?
WHERE m1.id = ?
  AND (
    EXISTS (
      SELECT 1
      FROM orders
      WHERE orders.id = m1.order_id AND orders.seller_id = ?
    )
  )
  AND m1.hidden = 0
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT '{"id":' || CAST(m1.id AS TEXT) || '}' AS joined_1
  FROM lines AS m1
  WHERE m1.id = ? AND m1.hidden = 0
) AS anon_1
