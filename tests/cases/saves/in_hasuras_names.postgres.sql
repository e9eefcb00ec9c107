WITH written AS (
  UPDATE orders AS m1
  SET state = $3::VARCHAR
  WHERE m1.id = $4::INTEGER
    AND m1.seller_id = $5::INTEGER
    AND m1.org = $6::VARCHAR
    AND (m1.state != $7::VARCHAR OR m1.seller_id = $5::INTEGER)
    AND m1.org = $6::VARCHAR
  RETURNING m1.id, m1.number, m1.state, m1.total, m1.customer_id, m1.seller_id, m1.org
)
SELECT coalesce(written.seller_id = $1::INTEGER AND written.org = $2::VARCHAR, false) AS passes,
  CAST(written.id AS TEXT) AS k0
FROM written

SELECT found.allowed, found.k0
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN (
  SELECT coalesce(
    m1.order_id = CAST($1::VARCHAR AS INTEGER)
      AND NOT m1.hidden
      AND (
        EXISTS (
          SELECT 1
          FROM orders
          WHERE orders.id = m1.order_id AND orders.seller_id = $2::INTEGER
        )
      ),
    false
  ) AS allowed,
    CAST(m1.id AS TEXT) AS k0
  FROM lines AS m1
  WHERE m1.id = $3::INTEGER
  FOR UPDATE
) AS found
  ON true

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
  AND NOT (
    EXISTS (
      SELECT 1
      FROM jsonb_array_elements(CAST($3::VARCHAR AS JSONB)) AS listed
      WHERE m1.id = CAST(listed.value ->> 0 AS INTEGER)
    )
  )
RETURNING 1

WITH written AS (
  UPDATE lines AS m1
  SET count = $2::INTEGER
  WHERE m1.id = CAST($3::VARCHAR AS INTEGER)
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

WITH written AS (
  INSERT INTO lines(product, count, hidden, order_id)
  VALUES ($2::VARCHAR, $3::INTEGER, $4::BOOLEAN, CAST($5::VARCHAR AS INTEGER))
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
  SELECT '{"lines":['
    || coalesce(
      (
        SELECT string_agg(
          '{"product":' || CAST(to_json(m3.product) AS TEXT) || ',"count":' || CAST(m3.count AS TEXT) || '}',
          ','
        ) AS row_texts_1
        FROM (
          SELECT m2.product AS product, m2.count AS count
          FROM lines AS m2
          WHERE m1.id = m2.order_id AND NOT m2.hidden
          ORDER BY m2.product ASC
        ) AS m3
      ),
      ''
    )
    || ']}' AS joined_1
  FROM orders AS m1
  WHERE m1.id = CAST($1::VARCHAR AS INTEGER)
    AND (m1.state != $2::VARCHAR OR m1.seller_id = $3::INTEGER)
    AND m1.org = $4::VARCHAR
) AS anon_1
