SELECT (
  SELECT '{"name":' || CAST(to_json(m1.name) AS TEXT) || '}' AS joined_1
  FROM authors AS m1
  WHERE m1.id = $1::INTEGER
) AS f0,
  (
    SELECT '{"name":' || CAST(to_json(m2.name) AS TEXT) || '}' AS joined_2
    FROM authors AS m2
    WHERE m2.id = $2::INTEGER
  ) AS f1
