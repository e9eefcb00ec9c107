SELECT '{"groups":['
  || coalesce(
    (
      SELECT string_agg(m3.text, ',') AS row_texts_1
      FROM (
        SELECT '{"keys":{"added_at":'
          || coalesce(CAST(to_json(date_trunc('month', m2.added_at, 'UTC')) AS TEXT), 'null')
          || '},"aggregate":{"count":'
          || CAST(count(*) AS TEXT)
          || '}}' AS text
        FROM (
          SELECT m1.in_print AS in_print, m1.added_at AS added_at, m1.pages AS pages
          FROM books AS m1
        ) AS m2
        GROUP BY m2.in_print, date_trunc('month', m2.added_at, 'UTC')
        HAVING bool_or(m2.in_print) = $1::BOOLEAN
        ORDER BY CAST(avg(m2.pages) AS DOUBLE PRECISION) DESC,
          date_trunc('month', m2.added_at, 'UTC') ASC NULLS FIRST, m2.in_print ASC
        LIMIT 10000
      ) AS m3
    ),
    ''
  )
  || ']}' AS joined_1
