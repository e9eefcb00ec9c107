SELECT group_concat(
  '{"figures":'
    || coalesce(m2.details -> ?, 'null')
    || ',"name":'
    || coalesce(m2.details -> ?, 'null')
    || ',"form":'
    || coalesce(m2.details -> ?, 'null')
    || ',"whole":'
    || coalesce(m2.details -> ?, 'null')
    || ',"nothing":'
    || coalesce(m2.details -> ?, 'null')
    || '}',
  ','
) AS row_texts_1
FROM (
  SELECT m1.details AS details, m1.id AS order_1
  FROM books AS m1
  ORDER BY m1.id ASC
) AS m2
