SELECT '{"name":' || CAST(to_json(m1.name) AS TEXT) || '}' AS joined_1
FROM authors AS m1
WHERE m1.id = $1::INTEGER
