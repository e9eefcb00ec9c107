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
  true AS wanted, m1.id AS k0
FROM lines AS m1
WHERE m1.id = ?

SELECT 1
FROM (
  SELECT m1.id AS id, ? AS product, m1.count AS count, m1.hidden AS hidden, m1.order_id AS order_id
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
SET product = ?
WHERE m1.id = ?
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT '{"id":'
    || CAST(m1.id AS TEXT)
    || ',"product":'
    || json_quote(m1.product)
    || ',"count":'
    || CAST(m1.count AS TEXT)
    || '}' AS joined_1
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
  true AS wanted, m1.id AS k0
FROM lines AS m1
WHERE m1.id = ?

INSERT INTO lines(id, product, count, hidden, order_id)
VALUES (?, ?, ?, ?, ?)
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT '{"id":'
    || CAST(m1.id AS TEXT)
    || ',"product":'
    || json_quote(m1.product)
    || ',"count":'
    || CAST(m1.count AS TEXT)
    || '}' AS joined_1
  FROM lines AS m1
  WHERE m1.id = ? AND m1.hidden = 0
) AS anon_1
