SELECT 1
FROM lines AS m1
WHERE coalesce(
  (
    EXISTS (
      SELECT 1
      FROM orders AS m2
      WHERE m1.order_id = m2.id
        AND (m2.state != ? OR m2.seller_id = ?)
        AND m2.org = ?
        AND m2.number IS NOT NULL
    )
  )
    AND (m1.count > ?),
  false
) = 0
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
  SELECT '{"id":' || CAST(m1.id AS TEXT) || ',"count":' || CAST(m1.count AS TEXT) || '}' AS joined_1
  FROM lines AS m1
  WHERE m1.id = ? AND m1.hidden = 0
) AS anon_1

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
FROM (
  SELECT m1.id AS id, ? AS product, m1.count AS count, m1.hidden AS hidden, m1.order_id AS order_id
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
SET product = ?
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
FROM (
  SELECT m1.id AS id, ? AS product, m1.count AS count, m1.hidden AS hidden, m1.order_id AS order_id
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
SET product = ?
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

SELECT group_concat(
  '{"id":'
    || CAST(m2.id AS TEXT)
    || ',"product":'
    || json_quote(m2.product)
    || ',"count":'
    || CAST(m2.count AS TEXT)
    || '}',
  ','
) AS row_texts_1
FROM (
  SELECT m1.id AS id, m1.product AS product, m1.count AS count
  FROM lines AS m1
  WHERE m1.hidden = 0
  ORDER BY m1.id ASC
) AS m2
