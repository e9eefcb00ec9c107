SELECT (
  SELECT string_agg(
    '{"name":'
      || CAST(to_json(m2.name) AS TEXT)
      || ',"booksConnection":'
      || (
        SELECT '{"edges":['
          || coalesce(
            array_to_string(
              (array_agg('{"node":{"title":' || CAST(to_json(m4.title) AS TEXT) || '}}'))[1 : 1], ','
            ),
            ''
          )
          || '],"pageInfo":{"hasNextPage":'
          || CASE WHEN (count(*) > 1) THEN 'true' ELSE 'false' END
          || '},"totalCount":'
          || CAST(
            (
              SELECT count(*) AS count_1
              FROM books AS m5
              WHERE m2.id = m5.author_id
            ) AS TEXT
          )
          || '}' AS joined_1
        FROM (
          SELECT m3.title AS title, m3.pages AS order_1, m3.id AS order_2
          FROM books AS m3
          WHERE m2.id = m3.author_id
          ORDER BY m3.pages DESC, m3.id ASC
          LIMIT 2
        ) AS m4
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
      '{"booksConnection":'
        || (
          SELECT '{"nodes":['
            || coalesce(
              string_agg('{"id":' || CAST(m11.id AS TEXT) || '}', ',') FILTER(WHERE m11.place <= 1), ''
            )
            || '],"totalCount":'
            || CAST(
              (
                SELECT count(*) AS count_2
                FROM books AS m12
                WHERE EXISTS (
                  SELECT 1
                  FROM placed AS m13
                  WHERE m13.book_id = m12.id AND m13.shelf_id = m7.id
                )
              ) AS TEXT
            )
            || '}' AS joined_2
          FROM (
            SELECT m10.id AS id, row_number() OVER (ORDER BY m10.id DESC) AS place, count(*) OVER () AS found
            FROM (
              SELECT m8.id AS id
              FROM books AS m8
              WHERE EXISTS (
                SELECT 1
                FROM placed AS m9
                WHERE m9.book_id = m8.id AND m9.shelf_id = m7.id
              )
              ORDER BY m8.id DESC
              LIMIT 2
            ) AS m10
            ORDER BY place DESC
          ) AS m11
        )
        || '}',
      ','
    ) AS row_texts_2
    FROM (
      SELECT m6.id AS id
      FROM shelves AS m6
      ORDER BY m6.id ASC
    ) AS m7
  ) AS f1
