SELECT true AS passes, m1.id AS k0, m1.customer_id AS k1
FROM orders AS m1
WHERE m1.seller_id = ?
  AND m1.org = ?
  AND (m1.state != ? OR m1.seller_id = ?)
  AND m1.org = ?
  AND (m1.number = ?)

SELECT 1
FROM (
  SELECT m1.id AS id, ? AS name, m1.email AS email, m1."limit" AS "limit", m1.org AS org
  FROM customers AS m1
  WHERE m1.id = ? AND m1.org = ? AND m1.org = ?
) AS proposed
WHERE coalesce(proposed.org = ?, false) = 0
LIMIT 1
OFFSET ?

UPDATE customers AS m1
SET name = ?
WHERE m1.id = ? AND m1.org = ? AND m1.org = ?
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT '{"number":'
    || json_quote(m1.number)
    || ',"customer":'
    || CASE WHEN (m2.id IS NULL) THEN 'null' ELSE '{"name":'
    || json_quote(m2.name)
    || '}' END
    || '}' AS joined_1
  FROM orders AS m1
  LEFT OUTER JOIN customers AS m2 ON m1.customer_id = m2.id AND m2.org = ?
  WHERE m1.id = ? AND (m1.state != ? OR m1.seller_id = ?) AND m1.org = ?
) AS anon_1
