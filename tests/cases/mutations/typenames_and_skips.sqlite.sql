SELECT 1
FROM (
  SELECT m1.id AS id, m1.product AS product, ? AS count, m1.hidden AS hidden, m1.order_id AS order_id
  FROM lines AS m1
  WHERE (
    EXISTS (
      SELECT 1
      FROM orders
      WHERE orders.id = m1.order_id AND orders.seller_id = ?
    )
  )
    AND m1.hidden = 0
    AND (m1.id = ?)
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
WHERE (
  EXISTS (
    SELECT 1
    FROM orders
    WHERE orders.id = m1.order_id AND orders.seller_id = ?
  )
)
  AND m1.hidden = 0
  AND (m1.id = ?)
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT '{"__typename":"Line","count":' || CAST(m1.count AS TEXT) || '}' AS joined_1
  FROM lines AS m1
  WHERE m1.id = ? AND m1.hidden = 0
) AS anon_1

INSERT INTO lines(id, product, order_id, count, hidden)
SELECT proposed.id, proposed.product, proposed.order_id, proposed.count, proposed.hidden
FROM (
  SELECT ? AS id, ? AS product, ? AS count, ? AS hidden, ? AS order_id
) AS proposed
WHERE coalesce(
  EXISTS (
    SELECT 1
    FROM orders
    WHERE orders.id = proposed.order_id AND orders.seller_id = ?
  ),
  false
) = 1
RETURNING CASE WHEN hidden = 0 THEN '{"__typename":"Line","product":'
  || json_quote(product)
  || ',"again":'
  || json_quote(product)
  || '}' END AS answer
