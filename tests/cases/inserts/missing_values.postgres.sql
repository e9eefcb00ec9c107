WITH written AS (
  INSERT INTO lines(count, hidden, order_id)
  VALUES ($1::INTEGER, $2::BOOLEAN, $3::INTEGER)
  RETURNING lines.id, lines.product, lines.count, lines.hidden, lines.order_id
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
