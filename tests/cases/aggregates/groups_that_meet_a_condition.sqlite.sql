SELECT '{"groups":['
  || coalesce(
    (
      SELECT group_concat(m6.text, ',') AS row_texts_1
      FROM (
        SELECT m5.text AS text
        FROM (
          SELECT '{"keys":{"genre":'
            || coalesce(
              CASE
                WHEN (typeof(m2.genre) = 'blob') THEN json_quote(hex(m2.genre))
                ELSE json_quote(m2.genre)
              END,
              'null'
            )
            || '},"aggregate":{"count":'
            || CAST(count(*) AS TEXT)
            || ',"avg":{"rating":'
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
            || '}}}' AS text
          FROM (
            SELECT m1.genre AS genre, m1.rating AS rating, m1.pages AS pages, m1.id AS id
            FROM books AS m1
          ) AS m2
          GROUP BY m2.genre
          HAVING (count(*) >= ?)
            AND (
              (sum(m2.pages) > ?)
                OR (
                  count(*) FILTER(
                    WHERE EXISTS (
                      SELECT 1
                      FROM reviews AS m3
                      WHERE m2.id = m3.book_id AND (m3.stars >= ?)
                    )
                  ) = ?
                )
            )
          ORDER BY avg(m2.rating) DESC NULLS FIRST, m2.genre DESC NULLS FIRST
          LIMIT ?
          OFFSET ?
        ) AS m5
        LIMIT 10000
        OFFSET ?
      ) AS m6
    ),
    ''
  )
  || ']}' AS joined_1
