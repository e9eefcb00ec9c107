WITH written AS (
  DELETE FROM lines AS m1
  WHERE m1.id = $1::INTEGER
    AND (
      EXISTS (
        SELECT 1
        FROM orders
        WHERE orders.id = m1.order_id AND orders.seller_id = $2::INTEGER
      )
    )
    AND NOT m1.hidden
  RETURNING m1.id, m1.product, m1.count, m1.hidden, m1.order_id
)
SELECT (
  SELECT '{"id":'
    || CAST(written.id AS TEXT)
    || ',"product":'
    || CAST(to_json(written.product) AS TEXT)
    || ',"order":'
    || CASE WHEN (m1.id IS NULL) THEN 'null' ELSE '{"number":'
    || CAST(to_json(m1.number) AS TEXT)
    || '}' END
    || '}' AS joined_1
  FROM written
  LEFT OUTER JOIN orders AS m1 ON written.order_id = m1.id
    AND (m1.state != $3::VARCHAR OR m1.seller_id = $4::INTEGER)
    AND m1.org = $5::VARCHAR
  WHERE NOT written.hidden
) AS answer

WITH written AS (
  DELETE FROM lines AS m1
  WHERE m1.id = $1::INTEGER
    AND (
      EXISTS (
        SELECT 1
        FROM orders
        WHERE orders.id = m1.order_id AND orders.seller_id = $2::INTEGER
      )
    )
    AND NOT m1.hidden
  RETURNING m1.id, m1.product, m1.count, m1.hidden, m1.order_id
)
SELECT (
  SELECT '{"id":' || CAST(written.id AS TEXT) || '}' AS joined_1
  FROM written
  WHERE NOT written.hidden
) AS answer

WITH written AS (
  DELETE FROM lines AS m1
  WHERE m1.id = $1::INTEGER
    AND (
      EXISTS (
        SELECT 1
        FROM orders
        WHERE orders.id = m1.order_id AND orders.seller_id = $2::INTEGER
      )
    )
    AND NOT m1.hidden
  RETURNING m1.id, m1.product, m1.count, m1.hidden, m1.order_id
)
SELECT (
  SELECT '{"id":' || CAST(written.id AS TEXT) || '}' AS joined_1
  FROM written
  WHERE NOT written.hidden
) AS answer

WITH written AS (
  DELETE FROM lines AS m1
  WHERE m1.id = $1::INTEGER
    AND (
      EXISTS (
        SELECT 1
        FROM orders
        WHERE orders.id = m1.order_id AND orders.seller_id = $2::INTEGER
      )
    )
    AND NOT m1.hidden
  RETURNING m1.id, m1.product, m1.count, m1.hidden, m1.order_id
)
SELECT (
  SELECT '{"id":' || CAST(written.id AS TEXT) || '}' AS joined_1
  FROM written
  WHERE NOT written.hidden
) AS answer

SELECT string_agg('{"id":' || CAST(m2.id AS TEXT) || '}', ',') AS row_texts_1
FROM (
  SELECT m1.id AS id
  FROM lines AS m1
  WHERE NOT m1.hidden
  ORDER BY m1.id ASC
) AS m2
