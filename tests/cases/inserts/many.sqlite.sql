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
  SELECT '{"id":'
    || CAST(m1.id AS TEXT)
    || ',"product":'
    || json_quote(m1.product)
    || ',"count":'
    || CAST(m1.count AS TEXT)
    || ',"order":'
    || CASE WHEN (m2.id IS NULL) THEN 'null' ELSE '{"number":'
    || json_quote(m2.number)
    || '}' END
    || '}' AS joined_1
  FROM lines AS m1
  LEFT OUTER JOIN orders AS m2 ON m1.order_id = m2.id AND (m2.state != ? OR m2.seller_id = ?) AND m2.org = ?
  WHERE m1.id = ? AND m1.hidden = 0
) AS anon_1

SELECT group_concat(
  '{"product":' || json_quote(m2.product) || ',"count":' || CAST(m2.count AS TEXT) || '}', ','
) AS row_texts_1
FROM (
  SELECT m1.product AS product, m1.count AS count, m1.id AS order_1
  FROM lines AS m1
  WHERE m1.hidden = 0 AND (m1.order_id = ?)
  ORDER BY m1.id ASC
) AS m2
