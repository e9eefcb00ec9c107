SELECT '{"name":' || json_quote(m1.name) || '}' AS joined_1
FROM authors AS m1
WHERE m1.id = ?
