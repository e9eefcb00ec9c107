WITH written AS (
  UPDATE lines AS m1
  SET product = $2::VARCHAR, count = (m1.count + $3::INTEGER)
  WHERE m1.id = $4::INTEGER
    AND (
      EXISTS (
        SELECT 1
        FROM orders
        WHERE orders.id = m1.order_id AND orders.seller_id = $5::INTEGER
      )
    )
    AND NOT m1.hidden
  RETURNING m1.id, m1.product, m1.count, m1.hidden, m1.order_id
)
SELECT coalesce(
  EXISTS (
    SELECT 1
    FROM orders
    WHERE orders.id = written.order_id AND orders.seller_id = $1::INTEGER
  ),
  false
) AS passes,
  CAST(written.id AS TEXT) AS k0
FROM written

SELECT (
  SELECT '{"id":'
    || CAST(m1.id AS TEXT)
    || ',"product":'
    || CAST(to_json(m1.product) AS TEXT)
    || ',"count":'
    || CAST(m1.count AS TEXT)
    || ',"order":'
    || CASE WHEN (m2.id IS NULL) THEN 'null' ELSE '{"number":'
    || CAST(to_json(m2.number) AS TEXT)
    || '}' END
    || '}' AS joined_1
  FROM lines AS m1
  LEFT OUTER JOIN orders AS m2 ON m1.order_id = m2.id
    AND (m2.state != $1::VARCHAR OR m2.seller_id = $2::INTEGER)
    AND m2.org = $3::VARCHAR
  WHERE m1.id = CAST($4::VARCHAR AS INTEGER) AND NOT m1.hidden
) AS anon_1

WITH written AS (
  UPDATE lines AS m1
  SET product = $1::VARCHAR
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

WITH written AS (
  UPDATE lines AS m1
  SET product = $1::VARCHAR
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

WITH written AS (
  UPDATE lines AS m1
  SET product = $1::VARCHAR
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
