WITH m2 AS (
  SELECT m1.added_at AS added_at, m1.published AS published
  FROM books AS m1
)
SELECT '{"days":['
  || coalesce(
    (
      SELECT group_concat(m3.text, ',') AS row_texts_1
      FROM (
        SELECT '{"keys":{"addedAt":'
          || coalesce(
            '"'
              || replace(
                substr(strftime('%Y-%m-%d %H:%M:00', substr(m2.added_at, 1, 19), 'start of day'), 1, 19)
                  || rtrim(
                    rtrim(
                      substr(strftime('%Y-%m-%d %H:%M:00', substr(m2.added_at, 1, 19), 'start of day'), 20),
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
        FROM m2
        GROUP BY strftime('%Y-%m-%d %H:%M:00', substr(m2.added_at, 1, 19), 'start of day')
        ORDER BY strftime('%Y-%m-%d %H:%M:00', substr(m2.added_at, 1, 19), 'start of day') ASC NULLS LAST
        LIMIT 2
        OFFSET ?
      ) AS m3
    ),
    ''
  )
  || '],"weeks":['
  || coalesce(
    (
      SELECT group_concat(m4.text, ',') AS row_texts_2
      FROM (
        SELECT '{"keys":{"addedAt":'
          || coalesce(
            '"'
              || replace(
                substr(
                  strftime(
                    '%Y-%m-%d %H:%M:00', substr(m2.added_at, 1, 19), 'start of day', '-6 days', 'weekday 1'
                  ),
                  1, 19
                )
                  || rtrim(
                    rtrim(
                      substr(
                        strftime(
                          '%Y-%m-%d %H:%M:00', substr(m2.added_at, 1, 19), 'start of day', '-6 days',
                          'weekday 1'
                        ),
                        20
                      ),
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
        FROM m2
        GROUP BY strftime(
          '%Y-%m-%d %H:%M:00', substr(m2.added_at, 1, 19), 'start of day', '-6 days', 'weekday 1'
        )
        ORDER BY strftime(
          '%Y-%m-%d %H:%M:00', substr(m2.added_at, 1, 19), 'start of day', '-6 days', 'weekday 1'
        ) ASC NULLS LAST
        LIMIT 10000
        OFFSET ?
      ) AS m4
    ),
    ''
  )
  || '],"quarters":['
  || coalesce(
    (
      SELECT group_concat(m5.text, ',') AS row_texts_3
      FROM (
        SELECT '{"keys":{"published":'
          || json_quote(
            strftime(
              '%Y-%m-%d', substr(m2.published, 1, 19), 'start of month',
              '-'
                || CAST((CAST(strftime('%m', substr(m2.published, 1, 19)) AS INTEGER) + 2) % 3 AS TEXT)
                || ' months'
            )
          )
          || '}}' AS text
        FROM m2
        GROUP BY strftime(
          '%Y-%m-%d', substr(m2.published, 1, 19), 'start of month',
          '-'
            || CAST((CAST(strftime('%m', substr(m2.published, 1, 19)) AS INTEGER) + 2) % 3 AS TEXT)
            || ' months'
        )
        ORDER BY strftime(
          '%Y-%m-%d', substr(m2.published, 1, 19), 'start of month',
          '-'
            || CAST((CAST(strftime('%m', substr(m2.published, 1, 19)) AS INTEGER) + 2) % 3 AS TEXT)
            || ' months'
        ) DESC NULLS FIRST
        LIMIT 10000
        OFFSET ?
      ) AS m5
    ),
    ''
  )
  || ']}' AS joined_1
