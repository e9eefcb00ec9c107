WITH written AS (
  UPDATE lines AS m1
  SET count = $1::INTEGER
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
  SELECT '{"count":' || CAST(written.count AS TEXT) || '}' AS joined_1
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
  SET count = (m1.count + $1::INTEGER)
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
  SELECT '{"count":' || CAST(written.count AS TEXT) || '}' AS joined_1
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
  INSERT INTO lines(product, count, hidden, order_id)
  VALUES ($2::VARCHAR, $3::INTEGER, $4::BOOLEAN, $5::INTEGER)
  RETURNING lines.id, lines.product, lines.count, lines.hidden, lines.order_id
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
  SELECT '{"product":'
    || CAST(to_json(m1.product) AS TEXT)
    || ',"order":'
    || CASE WHEN (m2.id IS NULL) THEN 'null' ELSE '{"lines":['
    || coalesce(
      (
        SELECT string_agg('{"count":' || CAST(m4.count AS TEXT) || '}', ',') AS row_texts_1
        FROM (
          SELECT m3.count AS count, m3.id AS order_1
          FROM lines AS m3
          WHERE m2.id = m3.order_id AND NOT m3.hidden
          ORDER BY m3.id ASC
        ) AS m4
      ),
      ''
    )
    || ']}' END
    || '}' AS joined_1
  FROM lines AS m1
  LEFT OUTER JOIN orders AS m2 ON m1.order_id = m2.id
    AND (m2.state != $1::VARCHAR OR m2.seller_id = $2::INTEGER)
    AND m2.org = $3::VARCHAR
  WHERE m1.id = CAST($4::VARCHAR AS INTEGER) AND NOT m1.hidden
) AS anon_1

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
  SELECT '{"count":' || CAST(written.count AS TEXT) || '}' AS joined_1
  FROM written
  WHERE NOT written.hidden
) AS answer
