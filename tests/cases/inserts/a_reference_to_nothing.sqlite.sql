INSERT INTO lines(product, count, hidden, order_id)
VALUES (?, ?, ?, ?)
RETURNING '{"id":' || CAST(id AS TEXT) || '}' AS answer
