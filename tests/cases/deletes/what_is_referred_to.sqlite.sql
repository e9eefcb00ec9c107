SELECT '{"id":' || CAST(m1.id AS TEXT) || '}' AS joined_1
FROM customers AS m1
WHERE m1.id = ?

DELETE FROM customers AS m1
WHERE m1.id = ?
