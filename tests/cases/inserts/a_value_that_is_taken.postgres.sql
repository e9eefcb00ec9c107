WITH written AS (
  INSERT INTO orders(number, state, customer_id, seller_id, org)
  VALUES ($1::VARCHAR, $2::VARCHAR, $3::INTEGER, $4::INTEGER, $5::VARCHAR)
  RETURNING orders.id, orders.number, orders.state, orders.total, orders.customer_id, orders.seller_id,
    orders.org
)
SELECT (
  SELECT '{"id":' || CAST(written.id AS TEXT) || '}' AS joined_1
  FROM written
  WHERE (written.state != $6::VARCHAR OR written.seller_id = $7::INTEGER) AND written.org = $8::VARCHAR
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
              WHERE customers.id = written.customer_id AND customers.org = $9::VARCHAR
            )
          )
            AND written.org = $10::VARCHAR,
          false
        )
      )
        THEN 0
      ELSE CAST('portico: refused by rule ' || CAST(count(*) AS TEXT) AS INTEGER)
    END
    END AS anon_1
    FROM written
  ) AS checked
