SELECT (
  SELECT '{"__typename":"Author","constructor":'
    || CAST(to_json(m1.name) AS TEXT)
    || ',"hasOwnProperty":'
    || coalesce(CAST(m1.born AS TEXT), 'null')
    || '}' AS joined_1
  FROM authors AS m1
  WHERE m1.id = $1::INTEGER
) AS f0,
  (
    SELECT '{"name_name_name_name_name_name_name_name_name_name_name_name_name_name_name_name_name_name_name_name_a":'
      || CAST(to_json(m2.name) AS TEXT)
      || ',"name_name_name_name_name_name_name_name_name_name_name_name_name_name_name_name_name_name_name_name_b":'
      || coalesce(CAST(m2.born AS TEXT), 'null')
      || '}' AS joined_2
    FROM authors AS m2
    WHERE m2.id = $2::INTEGER
  ) AS f1
