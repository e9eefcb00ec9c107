WITH written AS (
  UPDATE customers AS m1
  SET name = $2::VARCHAR
  WHERE m1.id = $3::INTEGER AND m1.org = $4::VARCHAR AND m1.org = $4::VARCHAR
  RETURNING m1.id, m1.name, m1.email, m1."limit", m1.org
)
SELECT coalesce(written.org = $1::VARCHAR, false) AS passes, CAST(written.id AS TEXT) AS k0
FROM written

WITH written AS (
  UPDATE orders AS m1
  SET state = $3::VARCHAR
  WHERE m1.customer_id = CAST($4::VARCHAR AS INTEGER)
    AND m1.seller_id = $5::INTEGER
    AND m1.org = $6::VARCHAR
    AND (m1.state != $7::VARCHAR OR m1.seller_id = $5::INTEGER)
    AND m1.org = $6::VARCHAR
    AND (m1.number = $8::VARCHAR)
  RETURNING m1.id, m1.number, m1.state, m1.total, m1.customer_id, m1.seller_id, m1.org
)
SELECT coalesce(written.seller_id = $1::INTEGER AND written.org = $2::VARCHAR, false) AS passes,
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
  SELECT '{"name":'
    || CAST(to_json(m1.name) AS TEXT)
    || ',"orders":['
    || coalesce(
      (
        SELECT string_agg(
          '{"number":'
            || CAST(to_json(m3.number) AS TEXT)
            || ',"state":'
            || CAST(to_json(m3.state) AS TEXT)
            || ',"lines":['
            || coalesce(
              (
                SELECT string_agg(
                  '{"product":' || CAST(to_json(m5.product) AS TEXT) || '}', ','
                ) AS row_texts_2
                FROM (
                  SELECT m4.product AS product
                  FROM lines AS m4
                  WHERE m3.id = m4.order_id AND NOT m4.hidden
                  ORDER BY m4.product ASC
                ) AS m5
              ),
              ''
            )
            || ']}',
          ','
        ) AS row_texts_1
        FROM (
          SELECT m2.number AS number, m2.state AS state, m2.id AS id
          FROM orders AS m2
          WHERE m1.id = m2.customer_id
            AND (m2.state != $1::VARCHAR OR m2.seller_id = $2::INTEGER)
            AND m2.org = $3::VARCHAR
          ORDER BY m2.number ASC
        ) AS m3
      ),
      ''
    )
    || ']}' AS joined_1
  FROM customers AS m1
  WHERE m1.id = CAST($4::VARCHAR AS INTEGER) AND m1.org = $5::VARCHAR
) AS anon_1
