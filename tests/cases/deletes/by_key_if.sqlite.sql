SELECT 1
FROM lines AS m1
WHERE coalesce(m1.count < ?, false) = 0
  AND m1.id = ?
  AND (
    EXISTS (
      SELECT 1
      FROM orders
      WHERE orders.id = m1.order_id AND orders.seller_id = ?
    )
  )
  AND m1.hidden = 0
LIMIT 1
OFFSET ?

SELECT 1
FROM lines AS m1
WHERE coalesce(m1.count > ?, false) = 0
  AND m1.id = ?
  AND (
    EXISTS (
      SELECT 1
      FROM orders
      WHERE orders.id = m1.order_id AND orders.seller_id = ?
    )
  )
  AND m1.hidden = 0
LIMIT 1
OFFSET ?

SELECT '{"id":' || CAST(m1.id AS TEXT) || ',"product":' || json_quote(m1.product) || '}' AS joined_1
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
  AND m1.hidden = 0

DELETE FROM lines AS m1
WHERE m1.id = ?
  AND (
    EXISTS (
      SELECT 1
      FROM orders
      WHERE orders.id = m1.order_id AND orders.seller_id = ?
    )
  )
  AND m1.hidden = 0

SELECT 1
FROM lines AS m1
WHERE coalesce(m1.count < ?, false) = 0
  AND m1.id = ?
  AND (
    EXISTS (
      SELECT 1
      FROM orders
      WHERE orders.id = m1.order_id AND orders.seller_id = ?
    )
  )
  AND m1.hidden = 0
LIMIT 1
OFFSET ?

SELECT '{"id":' || CAST(m1.id AS TEXT) || '}' AS joined_1
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
  AND m1.hidden = 0

DELETE FROM lines AS m1
WHERE m1.id = ?
  AND (
    EXISTS (
      SELECT 1
      FROM orders
      WHERE orders.id = m1.order_id AND orders.seller_id = ?
    )
  )
  AND m1.hidden = 0

SELECT group_concat('{"id":' || CAST(m2.id AS TEXT) || '}', ',') AS row_texts_1
FROM (
  SELECT m1.id AS id
  FROM lines AS m1
  WHERE m1.hidden = 0
  ORDER BY m1.id ASC
) AS m2
