SELECT coalesce(
  EXISTS (
    SELECT 1
    FROM orders
    WHERE orders.id = proposed.order_id AND orders.seller_id = ?
  ),
  false
) AS coalesce_1
FROM (
  SELECT ? AS id, ? AS product, ? AS count, ? AS hidden, ? AS order_id
) AS proposed

SELECT coalesce(
  m1.hidden = 0
    AND (
      EXISTS (
        SELECT 1
        FROM orders
        WHERE orders.id = m1.order_id AND orders.seller_id = ?
      )
    ),
  false
) AS allowed,
  coalesce(m1.count < ?, false) AS wanted, m1.id AS k0
FROM lines AS m1
WHERE m1.id = ?

SELECT 1
FROM (
  SELECT m1.id AS id, m1.product AS product, ? AS count, m1.hidden AS hidden, m1.order_id AS order_id
  FROM lines AS m1
  WHERE m1.id = ?
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
SET count = ?
WHERE m1.id = ?
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT '{"count":' || CAST(m1.count AS TEXT) || '}' AS joined_1
  FROM lines AS m1
  WHERE m1.id = ? AND m1.hidden = 0
) AS anon_1

SELECT coalesce(
  EXISTS (
    SELECT 1
    FROM orders
    WHERE orders.id = proposed.order_id AND orders.seller_id = ?
  ),
  false
) AS coalesce_1
FROM (
  SELECT ? AS id, ? AS product, ? AS count, ? AS hidden, ? AS order_id
) AS proposed

SELECT coalesce(
  m1.hidden = 0
    AND (
      EXISTS (
        SELECT 1
        FROM orders
        WHERE orders.id = m1.order_id AND orders.seller_id = ?
      )
    ),
  false
) AS allowed,
  coalesce(m1.count < ?, false) AS wanted, m1.id AS k0
FROM lines AS m1
WHERE m1.id = ?

SELECT group_concat(
  '{"product":' || json_quote(m2.product) || ',"count":' || CAST(m2.count AS TEXT) || '}', ','
) AS row_texts_1
FROM (
  SELECT m1.product AS product, m1.count AS count, m1.id AS order_1
  FROM lines AS m1
  WHERE m1.hidden = 0
    AND m1.id IN (
      SELECT items.value
      FROM json_each(?) AS items
    )
  ORDER BY m1.id ASC
) AS m2
