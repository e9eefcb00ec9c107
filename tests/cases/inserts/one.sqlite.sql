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
  SELECT ? AS id, ? AS number, ? AS state, CAST('0' AS NUMERIC(10, 2)) AS total, ? AS customer_id,
    ? AS seller_id, ? AS org
) AS proposed

INSERT INTO orders(id, number, state, customer_id, seller_id, org)
VALUES (?, ?, ?, ?, ?, ?)
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT '{"id":'
    || CAST(m1.id AS TEXT)
    || ',"number":'
    || json_quote(m1.number)
    || ',"state":'
    || json_quote(m1.state)
    || ',"total":'
    || CASE
      WHEN (abs(m1.total) < 1e13) THEN printf('%.2f', m1.total)
      ELSE CASE
      WHEN (abs(m1.total) > 1.7976931348623157e308) THEN 'null'
      WHEN (CAST(CAST(m1.total AS TEXT) AS REAL) = m1.total) THEN CAST(m1.total AS TEXT)
      WHEN (m1.total IS NOT NULL)
        THEN printf(CASE WHEN (abs(m1.total) < 1e100) THEN '%!.17g' ELSE '%!.19g' END, m1.total)
    END
    END
    || ',"org":'
    || json_quote(m1.org)
    || ',"sellerId":'
    || coalesce(CAST(m1.seller_id AS TEXT), 'null')
    || ',"customer":'
    || CASE WHEN (m2.id IS NULL) THEN 'null' ELSE '{"name":'
    || json_quote(m2.name)
    || '}' END
    || ',"seller":'
    || CASE WHEN (m3.id IS NULL) THEN 'null' ELSE '{"name":'
    || json_quote(m3.name)
    || '}' END
    || '}' AS joined_1
  FROM orders AS m1
  LEFT OUTER JOIN customers AS m2 ON m1.customer_id = m2.id AND m2.org = ?
  LEFT OUTER JOIN users AS m3 ON m1.seller_id = m3.id
  WHERE m1.id = ? AND (m1.state != ? OR m1.seller_id = ?) AND m1.org = ?
) AS anon_1
