SELECT (
  SELECT string_agg(
    '{"name":'
      || CAST(to_json(m2.name) AS TEXT)
      || ',"booksAggregate":'
      || (
        WITH m4 AS (
          SELECT m3.genre AS genre, m3.rating AS rating
          FROM books AS m3
          WHERE m2.id = m3.author_id
        )
        SELECT '{"aggregate":{"count":'
          || CAST(count(*) AS TEXT)
          || '},"groups":['
          || coalesce(
            (
              SELECT string_agg(m5.text, ',') AS row_texts_2
              FROM (
                SELECT '{"keys":{"genre":'
                  || coalesce(CAST(to_json(m4.genre) AS TEXT), 'null')
                  || '},"aggregate":{"count":'
                  || CAST(count(m4.rating) AS TEXT)
                  || '}}' AS text
                FROM m4
                GROUP BY m4.genre
                ORDER BY m4.genre ASC
                LIMIT 10000
              ) AS m5
            ),
            ''
          )
          || ']}' AS joined_1
        FROM m4
      )
      || '}',
    ','
  ) AS row_texts_1
  FROM (
    SELECT m1.name AS name, m1.id AS id
    FROM authors AS m1
    ORDER BY m1.id ASC
  ) AS m2
) AS f0,
  (
    SELECT string_agg(
      '{"name":'
        || CAST(to_json(m7.name) AS TEXT)
        || ',"booksAggregate":'
        || (
          SELECT '{"groups":['
            || coalesce(
              (
                SELECT string_agg(m11.text, ',') AS row_texts_4
                FROM (
                  SELECT '{"keys":{"inPrint":'
                    || coalesce(CAST(m10.in_print AS TEXT), 'null')
                    || '},"aggregate":{"count":'
                    || CAST(count(*) AS TEXT)
                    || '}}' AS text
                  FROM (
                    SELECT m8.in_print AS in_print
                    FROM books AS m8
                    WHERE EXISTS (
                      SELECT 1
                      FROM placed AS m9
                      WHERE m9.book_id = m8.id AND m9.shelf_id = m7.id
                    )
                  ) AS m10
                  GROUP BY m10.in_print
                  ORDER BY m10.in_print ASC
                  LIMIT 10000
                ) AS m11
              ),
              ''
            )
            || ']}' AS joined_2
        )
        || '}',
      ','
    ) AS row_texts_3
    FROM (
      SELECT m6.name AS name, m6.id AS id
      FROM shelves AS m6
      ORDER BY m6.id ASC
    ) AS m7
  ) AS f1
