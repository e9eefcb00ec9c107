SELECT group_concat(
  (
    '{"id":'
      || CAST(m1.id AS TEXT)
      || ',"pages":'
      || CAST(m1.pages AS TEXT)
      || ',"price":'
      || printf('%.2f', m1.price)
      || ',"rating":'
      || coalesce(
        CASE
          WHEN (abs(m1.rating) > 1.7976931348623157e308) THEN 'null'
          WHEN (CAST(CAST(m1.rating AS TEXT) AS REAL) = m1.rating) THEN CAST(m1.rating AS TEXT)
          ELSE printf('%!.17g', m1.rating)
        END,
        'null'
      )
      || '}'
  ),
  ','
) AS row_texts_1
FROM books AS m1
WHERE (m1.pages = ?) AND (m1.price = ?) AND (m1.rating = ?)
