SELECT '{"groups":['
  || coalesce(
    (
      SELECT string_agg(m3.text, ',') AS row_texts_1
      FROM (
        SELECT '{"keys":{"genre":'
          || coalesce(CAST(to_json(m2.genre) AS TEXT), 'null')
          || ',"inPrint":'
          || coalesce(CAST(m2.in_print AS TEXT), 'null')
          || '},"aggregate":{"count":'
          || CAST(count(*) AS TEXT)
          || ',"sum":{"pages":'
          || coalesce(CAST(sum(m2.pages) AS TEXT), 'null')
          || ',"price":'
          || coalesce(CAST(to_json(sum(m2.price)) AS TEXT), 'null')
          || '},"avg":{"rating":'
          || coalesce(CAST(to_json(CAST(avg(m2.rating) AS DOUBLE PRECISION)) AS TEXT), 'null')
          || '},"max":{"title":'
          || coalesce(CAST(to_json(max(m2.title)) AS TEXT), 'null')
          || '}}}' AS text
        FROM (
          SELECT m1.genre AS genre, m1.in_print AS in_print, m1.pages AS pages, m1.price AS price,
            m1.rating AS rating, m1.title AS title
          FROM books AS m1
        ) AS m2
        GROUP BY m2.genre, m2.in_print
        ORDER BY m2.genre ASC, m2.in_print ASC
        LIMIT 10000
      ) AS m3
    ),
    ''
  )
  || ']}' AS joined_1
