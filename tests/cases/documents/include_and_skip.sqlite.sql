SELECT (
  SELECT '{"name":' || json_quote(m1.name) || '}' AS joined_1
  FROM authors AS m1
  WHERE m1.id = ?
) AS f0,
  (
    SELECT '{"name":' || json_quote(m2.name) || '}' AS joined_2
    FROM authors AS m2
    WHERE m2.id = ?
  ) AS f1
