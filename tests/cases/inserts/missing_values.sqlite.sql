INSERT INTO lines(order_id, count, hidden)
SELECT proposed.order_id, proposed.count, proposed.hidden
FROM (
  SELECT CAST(NULL AS INTEGER) AS id, CAST(NULL AS VARCHAR) AS product, ? AS count, ? AS hidden, ? AS order_id
) AS proposed
WHERE coalesce(
  EXISTS (
    SELECT 1
    FROM orders
    WHERE orders.id = proposed.order_id AND orders.seller_id = ?
  ),
  false
) = 1
RETURNING CASE WHEN hidden = 0 THEN '{"id":' || CAST(id AS TEXT) || '}' END AS answer
