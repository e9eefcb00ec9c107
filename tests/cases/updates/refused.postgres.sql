WITH written AS (
  UPDATE orders AS m1
  SET number = $1::VARCHAR, customer_id = $2::INTEGER
  WHERE m1.id = $3::INTEGER
    AND m1.seller_id = $4::INTEGER
    AND m1.org = $5::VARCHAR
    AND (m1.state != $6::VARCHAR OR m1.seller_id = $4::INTEGER)
    AND m1.org = $5::VARCHAR
  RETURNING m1.id, m1.number, m1.state, m1.total, m1.customer_id, m1.seller_id, m1.org
)
SELECT (
  SELECT '{"id":'
    || CAST(written.id AS TEXT)
    || ',"number":'
    || CAST(to_json(written.number) AS TEXT)
    || '}' AS joined_1
  FROM written
  WHERE (written.state != $7::VARCHAR OR written.seller_id = $8::INTEGER) AND written.org = $9::VARCHAR
) AS answer,
  (
    SELECT CASE
      WHEN (count(*) > 0) THEN CASE
      WHEN bool_and(coalesce(written.seller_id = $10::INTEGER AND written.org = $11::VARCHAR, false)) THEN 0
      ELSE CAST('portico: refused by rule ' || CAST(count(*) AS TEXT) AS INTEGER)
    END
    END AS anon_1
    FROM written
  ) AS checked

WITH written AS (
  UPDATE lines AS m1
  SET order_id = $1::INTEGER
  WHERE m1.id = $2::INTEGER
    AND (
      EXISTS (
        SELECT 1
        FROM orders
        WHERE orders.id = m1.order_id AND orders.seller_id = $3::INTEGER
      )
    )
    AND NOT m1.hidden
  RETURNING m1.id, m1.product, m1.count, m1.hidden, m1.order_id
)
SELECT (
  SELECT '{"id":' || CAST(written.id AS TEXT) || '}' AS joined_1
  FROM written
  WHERE NOT written.hidden
) AS answer,
  (
    SELECT CASE
      WHEN (count(*) > 0) THEN CASE
      WHEN bool_and(
        coalesce(
          EXISTS (
            SELECT 1
            FROM orders
            WHERE orders.id = written.order_id AND orders.seller_id = $4::INTEGER
          ),
          false
        )
      )
        THEN 0
      ELSE CAST('portico: refused by rule ' || CAST(count(*) AS TEXT) AS INTEGER)
    END
    END AS anon_1
    FROM written
  ) AS checked
