SELECT string_agg(
  '{"figures":'
    || coalesce(CAST(m2.details #> $1::VARCHAR[] AS TEXT), 'null')
    || ',"name":'
    || coalesce(CAST(m2.details #> $2::VARCHAR[] AS TEXT), 'null')
    || ',"form":'
    || coalesce(CAST(m2.details #> $3::VARCHAR[] AS TEXT), 'null')
    || ',"whole":'
    || coalesce(CAST(m2.details #> $4::VARCHAR[] AS TEXT), 'null')
    || ',"nothing":'
    || coalesce(CAST(m2.details #> $5::VARCHAR[] AS TEXT), 'null')
    || '}',
  ','
) AS row_texts_1
FROM (
  SELECT m1.details AS details, m1.id AS order_1
  FROM books AS m1
  ORDER BY m1.id ASC
) AS m2
