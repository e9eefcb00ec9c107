SELECT string_agg(
  '{"name":'
    || CAST(to_json(m2.name) AS TEXT)
    || ',"salary":'
    || coalesce(CAST(m2.salary AS TEXT), 'null')
    || '}',
  ','
) AS row_texts_1
FROM (
  SELECT m1.name AS name, m1.salary AS salary, m1.id AS order_1
  FROM users AS m1
  ORDER BY m1.id ASC
) AS m2
