SELECT '{"groups":['
  || coalesce(
    (
      SELECT group_concat(m3.text, ',') AS row_texts_1
      FROM (
        SELECT '{"keys":{"genre":'
          || coalesce(
            CASE
              WHEN (typeof(m2.genre) = 'blob') THEN json_quote(hex(m2.genre))
              ELSE json_quote(m2.genre)
            END,
            'null'
          )
          || ',"inPrint":'
          || coalesce(
            CASE WHEN (m2.in_print IS NULL) THEN NULL WHEN m2.in_print THEN 'true' ELSE 'false' END, 'null'
          )
          || '},"aggregate":{"count":'
          || CAST(count(*) AS TEXT)
          || ',"sum":{"pages":'
          || coalesce(CAST(sum(m2.pages) AS TEXT), 'null')
          || ',"price":'
          || coalesce(
            CASE
              WHEN (abs(sum(m2.price)) < 1e13) THEN printf('%.2f', sum(m2.price))
              ELSE CASE
              WHEN (abs(sum(m2.price)) > 1.7976931348623157e308) THEN 'null'
              WHEN (CAST(CAST(sum(m2.price) AS TEXT) AS REAL) = sum(m2.price))
                THEN CAST(sum(m2.price) AS TEXT)
              WHEN (sum(m2.price) IS NOT NULL)
                THEN printf(
                  CASE WHEN (abs(sum(m2.price)) < 1e100) THEN '%!.17g' ELSE '%!.19g' END, sum(m2.price)
                )
            END
            END,
            'null'
          )
          || '},"avg":{"rating":'
          || coalesce(
            CASE
              WHEN (abs(avg(m2.rating)) > 1.7976931348623157e308) THEN 'null'
              WHEN (CAST(CAST(avg(m2.rating) AS TEXT) AS REAL) = avg(m2.rating))
                THEN CAST(avg(m2.rating) AS TEXT)
              WHEN (avg(m2.rating) IS NOT NULL)
                THEN printf(
                  CASE WHEN (abs(avg(m2.rating)) < 1e100) THEN '%!.17g' ELSE '%!.19g' END, avg(m2.rating)
                )
            END,
            'null'
          )
          || '},"max":{"title":'
          || json_quote(max(m2.title))
          || '}}}' AS text
        FROM (
          SELECT m1.genre AS genre, m1.in_print AS in_print, m1.pages AS pages, m1.price AS price,
            m1.rating AS rating, m1.title AS title
          FROM books AS m1
        ) AS m2
        GROUP BY m2.genre, m2.in_print
        ORDER BY m2.genre ASC NULLS LAST, m2.in_print ASC NULLS LAST
        LIMIT 10000
        OFFSET ?
      ) AS m3
    ),
    ''
  )
  || ']}' AS joined_1
