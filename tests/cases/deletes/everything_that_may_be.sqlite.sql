DELETE FROM lines AS m1
WHERE (m1.id) IN (
  SELECT chosen.id
  FROM lines AS chosen
  WHERE (
    EXISTS (
      SELECT 1
      FROM orders
      WHERE orders.id = chosen.order_id AND orders.seller_id = ?
    )
  )
    AND chosen.hidden = 0
)

SELECT group_concat('{"id":' || CAST(m2.id AS TEXT) || '}', ',') AS row_texts_1
FROM (
  SELECT m1.id AS id
  FROM lines AS m1
  WHERE m1.hidden = 0
  ORDER BY m1.id ASC
) AS m2
