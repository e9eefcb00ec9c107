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
  SELECT CAST(NULL AS INTEGER) AS id, ? AS number, ? AS state, ? AS total, ? AS customer_id, ? AS seller_id,
    ? AS org
) AS proposed

INSERT INTO orders(number, state, total, customer_id, seller_id, org)
VALUES (?, ?, ?, ?, ?, ?)
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT (
    '{"id":'
      || CAST(m1.id AS TEXT)
      || ',"number":'
      || json_quote(m1.number)
      || ',"state":'
      || json_quote(m1.state)
      || ',"total":'
      || printf('%.2f', m1.total)
      || ',"org":'
      || json_quote(m1.org)
      || ',"sellerId":'
      || coalesce(CAST(m1.seller_id AS TEXT), 'null')
      || '}'
  ) AS joined_1
  FROM orders AS m1
  WHERE m1.id = ? AND (m1.state != ? OR m1.seller_id = ?) AND m1.org = ?
) AS anon_1
