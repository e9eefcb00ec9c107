INSERT INTO lines(product, order_id, count, hidden)
SELECT proposed.product, proposed.order_id, proposed.count, proposed.hidden
FROM (
  SELECT CAST(NULL AS INTEGER) AS id, ? AS product, ? AS count, ? AS hidden, ? AS order_id
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

INSERT INTO lines(product, order_id, count, hidden)
SELECT proposed.product, proposed.order_id, proposed.count, proposed.hidden
FROM (
  SELECT CAST(NULL AS INTEGER) AS id, ? AS product, ? AS count, ? AS hidden, ? AS order_id
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

SELECT group_concat('{"id":' || CAST(m1.id AS TEXT) || '}', ',') AS row_texts_1
FROM lines AS m1
WHERE m1.hidden = 0
  AND m1.product IN (
    SELECT items.value
    FROM json_each(?) AS items
  )
