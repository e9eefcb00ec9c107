WITH m2 AS (
  SELECT m1.added_at AS added_at, m1.published AS published
  FROM books AS m1
)
SELECT '{"days":['
  || coalesce(
    (
      SELECT string_agg(m3.text, ',') AS row_texts_1
      FROM (
        SELECT '{"keys":{"addedAt":'
          || coalesce(CAST(to_json(date_trunc('day', m2.added_at, 'UTC')) AS TEXT), 'null')
          || '},"aggregate":{"count":'
          || CAST(count(*) AS TEXT)
          || '}}' AS text
        FROM m2
        GROUP BY date_trunc('day', m2.added_at, 'UTC')
        ORDER BY date_trunc('day', m2.added_at, 'UTC') ASC
        LIMIT 2
      ) AS m3
    ),
    ''
  )
  || '],"weeks":['
  || coalesce(
    (
      SELECT string_agg(m4.text, ',') AS row_texts_2
      FROM (
        SELECT '{"keys":{"addedAt":'
          || coalesce(CAST(to_json(date_trunc('week', m2.added_at, 'UTC')) AS TEXT), 'null')
          || '},"aggregate":{"count":'
          || CAST(count(*) AS TEXT)
          || '}}' AS text
        FROM m2
        GROUP BY date_trunc('week', m2.added_at, 'UTC')
        ORDER BY date_trunc('week', m2.added_at, 'UTC') ASC
        LIMIT 10000
      ) AS m4
    ),
    ''
  )
  || '],"quarters":['
  || coalesce(
    (
      SELECT string_agg(m5.text, ',') AS row_texts_3
      FROM (
        SELECT '{"keys":{"published":'
          || coalesce(
            CAST(
              to_json(
                CAST(date_trunc('quarter', CAST(m2.published AS TIMESTAMP WITHOUT TIME ZONE)) AS DATE)
              ) AS TEXT
            ),
            'null'
          )
          || '}}' AS text
        FROM m2
        GROUP BY CAST(date_trunc('quarter', CAST(m2.published AS TIMESTAMP WITHOUT TIME ZONE)) AS DATE)
        ORDER BY CAST(date_trunc('quarter', CAST(m2.published AS TIMESTAMP WITHOUT TIME ZONE)) AS DATE) DESC
        LIMIT 10000
      ) AS m5
    ),
    ''
  )
  || ']}' AS joined_1
