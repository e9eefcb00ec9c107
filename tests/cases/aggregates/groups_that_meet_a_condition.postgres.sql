SELECT '{"groups":['
  || coalesce(
    (
      SELECT string_agg(m5.text, ',') AS row_texts_1
      FROM (
        SELECT m4.text AS text
        FROM (
          SELECT '{"keys":{"genre":'
            || coalesce(CAST(to_json(m2.genre) AS TEXT), 'null')
            || '},"aggregate":{"count":'
            || CAST(count(*) AS TEXT)
            || ',"avg":{"rating":'
            || coalesce(CAST(to_json(CAST(avg(m2.rating) AS DOUBLE PRECISION)) AS TEXT), 'null')
            || '}}}' AS text
          FROM (
            SELECT m1.genre AS genre, m1.rating AS rating, m1.pages AS pages, m1.id AS id
            FROM books AS m1
          ) AS m2
          GROUP BY m2.genre
          HAVING (count(*) >= $1::INTEGER)
            AND (
              (sum(m2.pages) > $2::FLOAT)
                OR (
                  count(*) FILTER(
                    WHERE EXISTS (
                      SELECT 1
                      FROM reviews AS m3
                      WHERE m2.id = m3.book_id AND (m3.stars >= $3::INTEGER)
                    )
                  ) = $4::INTEGER
                )
            )
          ORDER BY CAST(avg(m2.rating) AS DOUBLE PRECISION) DESC, m2.genre DESC
          LIMIT 5
        ) AS m4
        LIMIT $5::INTEGER
      ) AS m5
    ),
    ''
  )
  || ']}' AS joined_1
