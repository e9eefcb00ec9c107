SELECT 1
FROM (
  SELECT m1.id AS id, m1.number AS number, ? AS state, m1.total AS total, m1.customer_id AS customer_id,
    m1.seller_id AS seller_id, m1.org AS org
  FROM orders AS m1
  WHERE m1.id = ? AND m1.seller_id = ? AND m1.org = ? AND (m1.state != ? OR m1.seller_id = ?) AND m1.org = ?
) AS proposed
WHERE coalesce(proposed.seller_id = ? AND proposed.org = ?, false) = 0
LIMIT 1
OFFSET ?

UPDATE orders AS m1
SET state = ?
WHERE m1.id = ? AND m1.seller_id = ? AND m1.org = ? AND (m1.state != ? OR m1.seller_id = ?) AND m1.org = ?
RETURNING 1 AS passes, id AS k0

SELECT found.allowed, found.k0
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN (
  SELECT coalesce(
    m1.order_id = ?
      AND m1.hidden = 0
      AND (
        EXISTS (
          SELECT 1
          FROM orders
          WHERE orders.id = m1.order_id AND orders.seller_id = ?
        )
      ),
    false
  ) AS allowed,
    m1.id AS k0
  FROM lines AS m1
  WHERE m1.id = ?
) AS found
  ON 1 = 1

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
)
  AND NOT (
    EXISTS (
      SELECT 1
      FROM json_each(?) AS listed
      WHERE m1.id = json_extract(listed.value, '$[0]')
    )
  )
RETURNING 1

SELECT EXISTS (
  SELECT 1
  FROM (
    SELECT m1.id AS id, m1.product AS product, ? AS count, m1.hidden AS hidden, m1.order_id AS order_id
    FROM lines AS m1
    WHERE m1.id = ?
  ) AS proposed
  WHERE coalesce(
    EXISTS (
      SELECT 1
      FROM orders
      WHERE orders.id = proposed.order_id AND orders.seller_id = ?
    ),
    false
  ) = 0
) AS anon_1

UPDATE lines AS m1
SET count = ?
WHERE m1.id = ?
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
  SELECT '{"state":'
    || json_quote(m1.state)
    || ',"lines":['
    || coalesce(
      (
        SELECT group_concat(
          '{"product":' || json_quote(m3.product) || ',"count":' || CAST(m3.count AS TEXT) || '}', ','
        ) AS row_texts_1
        FROM (
          SELECT m2.product AS product, m2.count AS count
          FROM lines AS m2
          WHERE m1.id = m2.order_id AND m2.hidden = 0
          ORDER BY m2.product ASC
        ) AS m3
      ),
      ''
    )
    || '],"linesAggregate":'
    || (
      SELECT '{"aggregate":{"count":' || CAST(count(*) AS TEXT) || '}}' AS joined_2
      FROM lines AS m4
      WHERE m1.id = m4.order_id AND m4.hidden = 0
    )
    || '}' AS joined_1
  FROM orders AS m1
  WHERE m1.id = ? AND (m1.state != ? OR m1.seller_id = ?) AND m1.org = ?
) AS anon_1
