WITH written AS (
  INSERT INTO lines(product, count, hidden, order_id)
  VALUES ($1::VARCHAR, $2::INTEGER, $3::BOOLEAN, $4::INTEGER)
  RETURNING lines.id, lines.product, lines.count, lines.hidden, lines.order_id
)
SELECT (
  SELECT '{"id":' || CAST(written.id AS TEXT) || '}' AS joined_1
  FROM written
) AS answer
