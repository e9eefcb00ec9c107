SELECT group_concat(
  '{"id":'
    || CAST(m1.id AS TEXT)
    || ',"pages":'
    || CAST(m1.pages AS TEXT)
    || ',"price":'
    || CASE
      WHEN (abs(m1.price) < 1e13) THEN printf('%.2f', m1.price)
      ELSE CASE
      WHEN (abs(m1.price) > 1.7976931348623157e308) THEN 'null'
      WHEN (CAST(CAST(m1.price AS TEXT) AS REAL) = m1.price) THEN CAST(m1.price AS TEXT)
      WHEN (m1.price IS NOT NULL)
        THEN printf(CASE WHEN (abs(m1.price) < 1e100) THEN '%!.17g' ELSE '%!.19g' END, m1.price)
    END
    END
    || ',"rating":'
    || coalesce(
      CASE
        WHEN (abs(m1.rating) > 1.7976931348623157e308) THEN 'null'
        WHEN (CAST(CAST(m1.rating AS TEXT) AS REAL) = m1.rating) THEN CAST(m1.rating AS TEXT)
        WHEN (m1.rating IS NOT NULL)
          THEN printf(CASE WHEN (abs(m1.rating) < 1e100) THEN '%!.17g' ELSE '%!.19g' END, m1.rating)
      END,
      'null'
    )
    || '}',
  ','
) AS row_texts_1
FROM books AS m1
WHERE (m1.pages = ?) AND (m1.price = ?) AND (m1.rating = ?)
