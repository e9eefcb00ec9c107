SELECT coalesce(
  (
    EXISTS (
      SELECT 1
      FROM customers
      WHERE customers.id = proposed.customer_id AND customers.org = ?
    )
  )
    AND proposed.org = ?,
  false
) AS coalesce_1
FROM (
  SELECT CAST(NULL AS INTEGER) AS id, ? AS number, ? AS state, CAST('0' AS NUMERIC(10, 2)) AS total,
    ? AS customer_id, ? AS seller_id, ? AS org
) AS proposed

INSERT INTO orders(number, state, customer_id, seller_id, org)
VALUES (?, ?, ?, ?, ?)
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
  SELECT '{"number":'
    || json_quote(m1.number)
    || ',"lines":['
    || coalesce(
      (
        SELECT group_concat('{"product":' || json_quote(m2.product) || '}', ',') AS row_texts_1
        FROM lines AS m2
        WHERE m1.id = m2.order_id AND m2.hidden = 0
      ),
      ''
    )
    || '],"linesAggregate":'
    || (
      SELECT '{"aggregate":{"count":' || CAST(count(*) AS TEXT) || '}}' AS joined_2
      FROM lines AS m3
      WHERE m1.id = m3.order_id AND m3.hidden = 0
    )
    || '}' AS joined_1
  FROM orders AS m1
  WHERE m1.id = ? AND (m1.state != ? OR m1.seller_id = ?) AND m1.org = ?
) AS anon_1
