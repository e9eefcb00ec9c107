SELECT true AS passes, m1.id AS k0
FROM orders AS m1
WHERE m1.id = ? AND m1.seller_id = ? AND m1.org = ? AND (m1.state != ? OR m1.seller_id = ?) AND m1.org = ?
