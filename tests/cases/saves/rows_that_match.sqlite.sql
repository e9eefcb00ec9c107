SELECT true AS passes, m1.id AS k0
FROM orders AS m1
WHERE m1.seller_id = ?
  AND m1.org = ?
  AND (m1.state != ? OR m1.seller_id = ?)
  AND m1.org = ?
  AND m1.state IN (
    SELECT items.value
    FROM json_each(?) AS items
  )

DELETE FROM lines AS m1
WHERE (m1.id) IN (
  SELECT chosen.id
  FROM lines AS chosen
  WHERE chosen.order_id = ?
    AND (
      EXISTS (
        SELECT 1
        FROM orders
        WHERE orders.id = chosen.order_id AND orders.seller_id = ?
      )
    )
    AND chosen.hidden = 0
    AND (chosen.product = ?)
)
RETURNING 1

SELECT 1
FROM (
  SELECT m1.id AS id, m1.product AS product, m1.count + ? AS count, m1.hidden AS hidden,
    m1.order_id AS order_id
  FROM lines AS m1
  WHERE m1.order_id = ?
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
WHERE m1.order_id = ?
  AND (
    EXISTS (
      SELECT 1
      FROM orders
      WHERE orders.id = m1.order_id AND orders.seller_id = ?
    )
  )
  AND m1.hidden = 0
RETURNING 1 AS passes, id AS k0

DELETE FROM lines AS m1
WHERE (m1.id) IN (
  SELECT chosen.id
  FROM lines AS chosen
  WHERE chosen.order_id = ?
    AND (
      EXISTS (
        SELECT 1
        FROM orders
        WHERE orders.id = chosen.order_id AND orders.seller_id = ?
      )
    )
    AND chosen.hidden = 0
    AND (chosen.product = ?)
)
RETURNING 1

SELECT 1
FROM (
  SELECT m1.id AS id, m1.product AS product, m1.count + ? AS count, m1.hidden AS hidden,
    m1.order_id AS order_id
  FROM lines AS m1
  WHERE m1.order_id = ?
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
WHERE m1.order_id = ?
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
  SELECT '{"number":'
    || json_quote(m1.number)
    || ',"lines":['
    || coalesce(
      (
        SELECT group_concat(
          '{"product":' || json_quote(m2.product) || ',"count":' || CAST(m2.count AS TEXT) || '}', ','
        ) AS row_texts_1
        FROM lines AS m2
        WHERE m1.id = m2.order_id AND m2.hidden = 0
      ),
      ''
    )
    || ']}' AS joined_1
  FROM orders AS m1
  WHERE m1.id = ? AND (m1.state != ? OR m1.seller_id = ?) AND m1.org = ?
) AS anon_1
