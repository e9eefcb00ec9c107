SELECT coalesce(
  EXISTS (
    SELECT 1
    FROM orders
    WHERE orders.id = proposed.order_id AND orders.seller_id = ?
  ),
  false
) AS coalesce_1
FROM (
  SELECT CAST(NULL AS INTEGER) AS id, CAST(NULL AS VARCHAR) AS product, ? AS count, ? AS hidden, ? AS order_id
) AS proposed

INSERT INTO lines(count, hidden, order_id)
VALUES (?, ?, ?)
RETURNING 1 AS passes, id AS k0
