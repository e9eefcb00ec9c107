WITH written AS (
  DELETE FROM lines AS m1
  WHERE m1.id = $1::INTEGER
    AND CASE
      WHEN coalesce(
        m1.id = $1::INTEGER
          AND (
            EXISTS (
              SELECT 1
              FROM orders
              WHERE orders.id = m1.order_id AND orders.seller_id = $2::INTEGER
            )
          )
          AND NOT m1.hidden,
        false
      )
        THEN CASE
      WHEN coalesce(m1.count < $3::INTEGER, false) THEN 1
      ELSE CAST('portico: condition not met ' || CAST(left(CAST(m1.id AS TEXT), 0) AS TEXT) AS INTEGER)
    END
      ELSE 0
    END = 1
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
    AND CASE
      WHEN coalesce(
        m1.id = $1::INTEGER
          AND (
            EXISTS (
              SELECT 1
              FROM orders
              WHERE orders.id = m1.order_id AND orders.seller_id = $2::INTEGER
            )
          )
          AND NOT m1.hidden,
        false
      )
        THEN CASE
      WHEN coalesce(m1.count > $3::INTEGER, false) THEN 1
      ELSE CAST('portico: condition not met ' || CAST(left(CAST(m1.id AS TEXT), 0) AS TEXT) AS INTEGER)
    END
      ELSE 0
    END = 1
  RETURNING m1.id, m1.product, m1.count, m1.hidden, m1.order_id
)
SELECT (
  SELECT '{"id":'
    || CAST(written.id AS TEXT)
    || ',"product":'
    || CAST(to_json(written.product) AS TEXT)
    || '}' AS joined_1
  FROM written
  WHERE NOT written.hidden
) AS answer

WITH written AS (
  DELETE FROM lines AS m1
  WHERE m1.id = $1::INTEGER
    AND CASE
      WHEN coalesce(
        m1.id = $1::INTEGER
          AND (
            EXISTS (
              SELECT 1
              FROM orders
              WHERE orders.id = m1.order_id AND orders.seller_id = $2::INTEGER
            )
          )
          AND NOT m1.hidden,
        false
      )
        THEN CASE
      WHEN coalesce(m1.count < $3::INTEGER, false) THEN 1
      ELSE CAST('portico: condition not met ' || CAST(left(CAST(m1.id AS TEXT), 0) AS TEXT) AS INTEGER)
    END
      ELSE 0
    END = 1
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
