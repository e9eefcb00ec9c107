SELECT '{"id":' || CAST(m1.id AS TEXT) || ',"product":' || json_quote(m1.product) || '}' AS joined_1
FROM lines AS m1
WHERE (m1.id) IN (
  SELECT chosen.id
  FROM lines AS chosen
  WHERE (
    EXISTS (
      SELECT 1
      FROM orders
      WHERE orders.id = chosen.order_id AND orders.seller_id = ?
    )
  )
    AND chosen.hidden = 0
    AND (chosen.id = ?)
)
  AND m1.hidden = 0

DELETE FROM lines AS m1
WHERE (m1.id) IN (
  SELECT chosen.id
  FROM lines AS chosen
  WHERE (
    EXISTS (
      SELECT 1
      FROM orders
      WHERE orders.id = chosen.order_id AND orders.seller_id = ?
    )
  )
    AND chosen.hidden = 0
    AND (chosen.id = ?)
)
