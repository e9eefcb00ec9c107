INSERT INTO orders(number, customer_id, seller_id, org, state)
SELECT proposed.number, proposed.customer_id, proposed.seller_id, proposed.org, proposed.state
FROM (
  SELECT CAST(NULL AS INTEGER) AS id, ? AS number, ? AS state, CAST('0' AS NUMERIC(10, 2)) AS total,
    ? AS customer_id, ? AS seller_id, ? AS org
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
  || '}' END AS answer
