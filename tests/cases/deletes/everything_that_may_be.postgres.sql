WITH written AS (
  DELETE FROM lines AS m1
  WHERE (
    EXISTS (
      SELECT 1
      FROM orders
      WHERE orders.id = m1.order_id AND orders.seller_id = $1::INTEGER
    )
  )
    AND NOT m1.hidden
  RETURNING m1.id, m1.product, m1.count, m1.hidden, m1.order_id
)
SELECT '{"affectedRows":'
  || CAST(
    (
      SELECT count(*) AS count_1
      FROM written
    ) AS TEXT
  )
  || '}' AS answer

SELECT string_agg('{"id":' || CAST(m2.id AS TEXT) || '}', ',') AS row_texts_1
FROM (
  SELECT m1.id AS id
  FROM lines AS m1
  WHERE NOT m1.hidden
  ORDER BY m1.id ASC
) AS m2
