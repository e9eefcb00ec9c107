SELECT true AS passes, CAST(m1.id AS TEXT) AS k0
FROM orders AS m1
WHERE m1.seller_id = $1::INTEGER
  AND m1.org = $2::VARCHAR
  AND (m1.state != $3::VARCHAR OR m1.seller_id = $1::INTEGER)
  AND m1.org = $2::VARCHAR
  AND m1.state = any($4::VARCHAR[])
FOR UPDATE

DELETE FROM lines AS m1
WHERE m1.order_id = CAST($1::VARCHAR AS INTEGER)
  AND (
    EXISTS (
      SELECT 1
      FROM orders
      WHERE orders.id = m1.order_id AND orders.seller_id = $2::INTEGER
    )
  )
  AND NOT m1.hidden
  AND (m1.product = $3::VARCHAR)
RETURNING 1

WITH written AS (
  UPDATE lines AS m1
  SET count = (m1.count + $2::INTEGER)
  WHERE m1.order_id = CAST($3::VARCHAR AS INTEGER)
    AND (
      EXISTS (
        SELECT 1
        FROM orders
        WHERE orders.id = m1.order_id AND orders.seller_id = $4::INTEGER
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

DELETE FROM lines AS m1
WHERE m1.order_id = CAST($1::VARCHAR AS INTEGER)
  AND (
    EXISTS (
      SELECT 1
      FROM orders
      WHERE orders.id = m1.order_id AND orders.seller_id = $2::INTEGER
    )
  )
  AND NOT m1.hidden
  AND (m1.product = $3::VARCHAR)
RETURNING 1

WITH written AS (
  UPDATE lines AS m1
  SET count = (m1.count + $2::INTEGER)
  WHERE m1.order_id = CAST($3::VARCHAR AS INTEGER)
    AND (
      EXISTS (
        SELECT 1
        FROM orders
        WHERE orders.id = m1.order_id AND orders.seller_id = $4::INTEGER
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
  SELECT '{"number":'
    || CAST(to_json(m1.number) AS TEXT)
    || ',"lines":['
    || coalesce(
      (
        SELECT string_agg(
          '{"product":' || CAST(to_json(m2.product) AS TEXT) || ',"count":' || CAST(m2.count AS TEXT) || '}',
          ','
        ) AS row_texts_1
        FROM lines AS m2
        WHERE m1.id = m2.order_id AND NOT m2.hidden
      ),
      ''
    )
    || ']}' AS joined_1
  FROM orders AS m1
  WHERE m1.id = CAST($1::VARCHAR AS INTEGER)
    AND (m1.state != $2::VARCHAR OR m1.seller_id = $3::INTEGER)
    AND m1.org = $4::VARCHAR
) AS anon_1
