SELECT string_agg(
  '{"id":'
    || CAST(m1.id AS TEXT)
    || ',"pages":'
    || CAST(m1.pages AS TEXT)
    || ',"price":'
    || CAST(to_json(m1.price) AS TEXT)
    || ',"rating":'
    || coalesce(CAST(to_json(m1.rating) AS TEXT), 'null')
    || '}',
  ','
) AS row_texts_1
FROM books AS m1
WHERE (m1.pages = $1::INTEGER) AND (m1.price = CAST($2::VARCHAR AS NUMERIC)) AND (m1.rating = $3::FLOAT)
