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

SELECT 1
FROM (
  SELECT m1.id AS id, m1.number AS number, ? AS state, m1.total AS total, m1.customer_id AS customer_id,
    m1.seller_id AS seller_id, m1.org AS org
  FROM orders AS m1
  WHERE m1.customer_id = ?
    AND m1.seller_id = ?
    AND m1.org = ?
    AND (m1.state != ? OR m1.seller_id = ?)
    AND m1.org = ?
    AND (m1.number = ?)
) AS proposed
WHERE coalesce(proposed.seller_id = ? AND proposed.org = ?, false) = 0
LIMIT 1
OFFSET ?

UPDATE orders AS m1
SET state = ?
WHERE m1.customer_id = ?
  AND m1.seller_id = ?
  AND m1.org = ?
  AND (m1.state != ? OR m1.seller_id = ?)
  AND m1.org = ?
  AND (m1.number = ?)
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
  SELECT '{"name":'
    || json_quote(m1.name)
    || ',"orders":['
    || coalesce(
      (
        SELECT group_concat(
          '{"number":'
            || json_quote(m3.number)
            || ',"state":'
            || json_quote(m3.state)
            || ',"lines":['
            || coalesce(
              (
                SELECT group_concat('{"product":' || json_quote(m5.product) || '}', ',') AS row_texts_2
                FROM (
                  SELECT m4.product AS product
                  FROM lines AS m4
                  WHERE m3.id = m4.order_id AND m4.hidden = 0
                  ORDER BY m4.product ASC
                ) AS m5
              ),
              ''
            )
            || ']}',
          ','
        ) AS row_texts_1
        FROM (
          SELECT m2.number AS number, m2.state AS state, m2.id AS id
          FROM orders AS m2
          WHERE m1.id = m2.customer_id AND (m2.state != ? OR m2.seller_id = ?) AND m2.org = ?
          ORDER BY m2.number ASC
        ) AS m3
      ),
      ''
    )
    || ']}' AS joined_1
  FROM customers AS m1
  WHERE m1.id = ? AND m1.org = ?
) AS anon_1
