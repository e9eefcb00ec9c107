INSERT INTO orders(number, customer_id, total, seller_id, org, state)
SELECT proposed.number, proposed.customer_id, proposed.total, proposed.seller_id, proposed.org, proposed.state
FROM (
  SELECT CAST(NULL AS INTEGER) AS id, ? AS number, ? AS state, ? AS total, ? AS customer_id, ? AS seller_id,
    ? AS org
) AS proposed
WHERE coalesce(
  (
    EXISTS (
      SELECT 1
      FROM customers
      WHERE customers.id = proposed.customer_id AND customers.org = ?
    )
  )
    AND proposed.org = ?,
  false
) = 1
RETURNING CASE WHEN ((state != ? OR seller_id = ?) AND org = ?) THEN '{"id":'
  || CAST(id AS TEXT)
  || ',"number":'
  || json_quote(number)
  || ',"state":'
  || json_quote(state)
  || ',"total":'
  || CASE
    WHEN (abs(total) < 1e13) THEN printf('%.2f', total)
    ELSE CASE
    WHEN (abs(total) > 1.7976931348623157e308) THEN 'null'
    WHEN (CAST(CAST(total AS TEXT) AS REAL) = total) THEN CAST(total AS TEXT)
    WHEN (typeof(total) != 'null')
      THEN printf(CASE WHEN (abs(total) < 1e100) THEN '%!.17g' ELSE '%!.19g' END, total)
  END
  END
  || ',"org":'
  || json_quote(org)
  || ',"sellerId":'
  || coalesce(CAST(seller_id AS TEXT), 'null')
  || '}' END AS answer
