INSERT INTO lines(product, hidden, order_id, count)
SELECT proposed.product, proposed.hidden, proposed.order_id, proposed.count
FROM (
  SELECT CAST(NULL AS INTEGER) AS id, ? AS product, ? AS count, ? AS hidden, ? AS order_id
) AS proposed
WHERE coalesce(
  EXISTS (
    SELECT 1
    FROM orders
    WHERE orders.id = proposed.order_id AND orders.seller_id = ?
  ),
  false
) = 1
RETURNING CASE WHEN hidden = 0 THEN '{"id":' || CAST(id AS TEXT) || '}' END AS answer

SELECT coalesce(
  EXISTS (
    SELECT 1
    FROM orders
    WHERE orders.id = proposed.order_id AND orders.seller_id = ?
  ),
  false
) AS coalesce_1
FROM (
  SELECT CAST(NULL AS INTEGER) AS id, ? AS product, ? AS count, ? AS hidden, ? AS order_id
) AS proposed

INSERT INTO lines(product, count, hidden, order_id)
VALUES (?, ?, ?, ?)
RETURNING 1 AS passes, id AS k0

SELECT coalesce(
  EXISTS (
    SELECT 1
    FROM orders
    WHERE orders.id = proposed.order_id AND orders.seller_id = ?
  ),
  false
) AS coalesce_1
FROM (
  SELECT CAST(NULL AS INTEGER) AS id, ? AS product, ? AS count, ? AS hidden, ? AS order_id
) AS proposed

INSERT INTO lines(product, count, hidden, order_id)
VALUES (?, ?, ?, ?)
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT '{"product":' || json_quote(m1.product) || '}' AS joined_1
  FROM lines AS m1
  WHERE m1.id = ? AND m1.hidden = 0
) AS anon_1
