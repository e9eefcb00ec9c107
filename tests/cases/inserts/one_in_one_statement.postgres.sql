WITH written AS (
  INSERT INTO orders(number, state, total, customer_id, seller_id, org)
  VALUES ($1::VARCHAR, $2::VARCHAR, CAST($3::VARCHAR AS NUMERIC), $4::INTEGER, $5::INTEGER, $6::VARCHAR)
  RETURNING orders.id, orders.number, orders.state, orders.total, orders.customer_id, orders.seller_id,
    orders.org
)
SELECT (
  SELECT '{"id":'
    || CAST(written.id AS TEXT)
    || ',"number":'
    || CAST(to_json(written.number) AS TEXT)
    || ',"state":'
    || CAST(to_json(written.state) AS TEXT)
    || ',"total":'
    || CAST(to_json(written.total) AS TEXT)
    || ',"org":'
    || CAST(to_json(written.org) AS TEXT)
    || ',"sellerId":'
    || coalesce(CAST(written.seller_id AS TEXT), 'null')
    || '}' AS joined_1
  FROM written
  WHERE (written.state != $7::VARCHAR OR written.seller_id = $8::INTEGER) AND written.org = $9::VARCHAR
) AS answer,
  (
    SELECT CASE
      WHEN (count(*) > 0) THEN CASE
      WHEN bool_and(
        coalesce(
          (
            EXISTS (
              SELECT 1
              FROM customers
              WHERE customers.id = written.customer_id AND customers.org = $10::VARCHAR
            )
          )
            AND written.org = $11::VARCHAR,
          false
        )
      )
        THEN 0
      ELSE CAST('portico: refused by rule ' || CAST(count(*) AS TEXT) AS INTEGER)
    END
    END AS anon_1
    FROM written
  ) AS checked
