SELECT coalesce(
  EXISTS (
    SELECT 1
    FROM orders
    WHERE orders.id = proposed.order_id AND orders.seller_id = $1::INTEGER
  ),
  false
) AS coalesce_1
FROM (
  SELECT $2::INTEGER AS id, $3::VARCHAR AS product, $4::INTEGER AS count, $5::BOOLEAN AS hidden,
    $6::INTEGER AS order_id
) AS proposed
