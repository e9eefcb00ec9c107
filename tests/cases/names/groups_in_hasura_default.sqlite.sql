SELECT '{"groups":['
  || coalesce(
    (
      SELECT group_concat(m3.text, ',') AS row_texts_1
      FROM (
        SELECT '{"keys":{"added_at":'
          || coalesce(
            '"'
              || replace(
                substr(strftime('%Y-%m-%d %H:%M:00', substr(m2.added_at, 1, 19), 'start of month'), 1, 19)
                  || rtrim(
                    rtrim(
                      substr(strftime('%Y-%m-%d %H:%M:00', substr(m2.added_at, 1, 19), 'start of month'), 20),
                      '0'
                    ),
                    '.'
                  ),
                ' ', 'T'
              )
              || '+00:00"',
            'null'
          )
          || '},"aggregate":{"count":'
          || CAST(count(*) AS TEXT)
          || '}}' AS text
        FROM (
          SELECT m1.in_print AS in_print, m1.added_at AS added_at, m1.pages AS pages
          FROM books AS m1
        ) AS m2
        GROUP BY m2.in_print, strftime('%Y-%m-%d %H:%M:00', substr(m2.added_at, 1, 19), 'start of month')
        HAVING max(m2.in_print) = ?
        ORDER BY avg(m2.pages) DESC NULLS FIRST,
          strftime('%Y-%m-%d %H:%M:00', substr(m2.added_at, 1, 19), 'start of month') ASC,
          m2.in_print ASC NULLS LAST
        LIMIT 10000
        OFFSET ?
      ) AS m3
    ),
    ''
  )
  || ']}' AS joined_1
