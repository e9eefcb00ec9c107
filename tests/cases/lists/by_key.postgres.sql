SELECT (
  SELECT '{"id":' || CAST(m1.id AS TEXT) || ',"name":' || CAST(to_json(m1.name) AS TEXT) || '}' AS joined_1
  FROM authors AS m1
  WHERE m1.id = $1::INTEGER
) AS f0,
  (
    SELECT '{"id":' || CAST(m2.id AS TEXT) || ',"name":' || CAST(to_json(m2.name) AS TEXT) || '}' AS joined_2
    FROM authors AS m2
    WHERE m2.id = $2::INTEGER
  ) AS f1,
  (
    SELECT '{"id":'
      || CAST(m3.id AS TEXT)
      || ',"born":'
      || coalesce(CAST(m3.born AS TEXT), 'null')
      || '}' AS joined_3
    FROM authors AS m3
    WHERE m3.id = $3::INTEGER
  ) AS f2
