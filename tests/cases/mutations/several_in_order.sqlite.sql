SELECT 1
FROM (
  SELECT m1.id AS id, m1.product AS product, ? AS count, m1.hidden AS hidden, m1.order_id AS order_id
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
SET count = ?
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
  SELECT '{"count":' || CAST(m1.count AS TEXT) || '}' AS joined_1
  FROM lines AS m1
  WHERE m1.id = ? AND m1.hidden = 0
) AS anon_1

SELECT 1
FROM (
  SELECT m1.id AS id, m1.product AS product, m1.count + ? AS count, m1.hidden AS hidden,
    m1.order_id AS order_id
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
SET count = (m1.count + ?)
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
  SELECT CAST(NULL AS INTEGER) AS id, ? AS product, ? AS count, ? AS hidden, ? AS order_id
) AS proposed

INSERT INTO lines(product, count, hidden, order_id)
VALUES (?, ?, ?, ?)
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT '{"product":'
    || json_quote(m1.product)
    || ',"order":'
    || CASE WHEN (m2.id IS NULL) THEN 'null' ELSE '{"lines":['
    || coalesce(
      (
        SELECT group_concat('{"count":' || CAST(m4.count AS TEXT) || '}', ',') AS row_texts_1
        FROM (
          SELECT m3.count AS count, m3.id AS order_1
          FROM lines AS m3
          WHERE m2.id = m3.order_id AND m3.hidden = 0
          ORDER BY m3.id ASC
        ) AS m4
      ),
      ''
    )
    || ']}' END
    || '}' AS joined_1
  FROM lines AS m1
  LEFT OUTER JOIN orders AS m2 ON m1.order_id = m2.id AND (m2.state != ? OR m2.seller_id = ?) AND m2.org = ?
  WHERE m1.id = ? AND m1.hidden = 0
) AS anon_1

SELECT '{"count":' || CAST(m1.count AS TEXT) || '}' AS joined_1
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
