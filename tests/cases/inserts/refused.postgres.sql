WITH written AS (
  INSERT INTO lines(product, count, hidden, order_id)
  VALUES ($1::VARCHAR, $2::INTEGER, $3::BOOLEAN, $4::INTEGER)
  RETURNING lines.id, lines.product, lines.count, lines.hidden, lines.order_id
)
SELECT (
  SELECT '{"id":'
    || CAST(written.id AS TEXT)
    || ',"product":'
    || CAST(to_json(written.product) AS TEXT)
    || '}' AS joined_1
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
            WHERE orders.id = written.order_id AND orders.seller_id = $5::INTEGER
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
