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

SELECT true AS allowed, true AS wanted, m1.id AS k0
FROM lines AS m1
WHERE m1.id = ?

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

SELECT true AS allowed, true AS wanted, m1.id AS k0
FROM lines AS m1
WHERE m1.id = ?

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

SELECT true AS allowed, true AS wanted, m1.id AS k0
FROM lines AS m1
WHERE m1.id = ?

INSERT INTO lines(id, product, count, hidden, order_id)
VALUES (?, ?, ?, ?, ?)
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT '{"id":' || CAST(m1.id AS TEXT) || ',"product":' || json_quote(m1.product) || '}' AS joined_1
  FROM lines AS m1
  WHERE m1.id = ? AND m1.hidden = 0
) AS anon_1

SELECT '{"product":' || json_quote(m1.product) || '}' AS joined_1
FROM lines AS m1
WHERE m1.id = ? AND m1.hidden = 0
