SELECT string_agg(
  '{"id":'
    || CAST(m2.id AS TEXT)
    || ',"total":'
    || CAST(to_json(m2.total) AS TEXT)
    || ',"state":'
    || CAST(to_json(m2.state) AS TEXT)
    || '}',
  ','
) AS row_texts_1
FROM (
  SELECT m1.id AS id, m1.total AS total, m1.state AS state
  FROM orders AS m1
  WHERE m1.total >= $1::INTEGER AND m1.org = $2::VARCHAR
  ORDER BY m1.id ASC
) AS m2
