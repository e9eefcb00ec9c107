SELECT (
  SELECT '{"__typename":"Author","constructor":'
    || json_quote(m1.name)
    || ',"hasOwnProperty":'
    || coalesce(CAST(m1.born AS TEXT), 'null')
    || '}' AS joined_1
  FROM authors AS m1
  WHERE m1.id = ?
) AS f0,
  (
    SELECT '{"name_name_name_name_name_name_name_name_name_name_name_name_name_name_name_name_name_name_name_name_a":'
      || json_quote(m2.name)
      || ',"name_name_name_name_name_name_name_name_name_name_name_name_name_name_name_name_name_name_name_name_b":'
      || coalesce(CAST(m2.born AS TEXT), 'null')
      || '}' AS joined_2
    FROM authors AS m2
    WHERE m2.id = ?
  ) AS f1
