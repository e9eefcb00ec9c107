SELECT '{"id":' || CAST(m1.id AS TEXT) || ',"product":' || json_quote(m1.product) || '}' AS joined_1
FROM lines AS m1
WHERE (
  EXISTS (
    SELECT 1
    FROM orders
    WHERE orders.id = m1.order_id AND orders.seller_id = ?
  )
)
  AND m1.hidden = 0
  AND (m1.id = ?)
  AND m1.hidden = 0

DELETE FROM lines AS m1
WHERE (
  EXISTS (
    SELECT 1
    FROM orders
    WHERE orders.id = m1.order_id AND orders.seller_id = ?
  )
)
  AND m1.hidden = 0
  AND (m1.id = ?)
