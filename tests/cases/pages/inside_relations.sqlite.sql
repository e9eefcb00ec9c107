SELECT (
  SELECT group_concat(
    '{"name":'
      || json_quote(m2.name)
      || ',"booksConnection":'
      || (
        SELECT '{"edges":['
          || coalesce(
            group_concat(
              '{"node":{"title":' || json_quote(m5.title) || '}}', ','
            ) FILTER(WHERE m5.place <= 1),
            ''
          )
          || '],"pageInfo":{"hasNextPage":'
          || CASE WHEN (max(m5.found) > 1) THEN 'true' ELSE 'false' END
          || '},"totalCount":'
          || CAST(
            (
              SELECT count(*) AS count_1
              FROM books AS m6
              WHERE m2.id = m6.author_id
            ) AS TEXT
          )
          || '}' AS joined_1
        FROM (
          SELECT m4.title AS title, m4.order_1 AS order_1, m4.order_2 AS order_2,
            row_number() OVER (ORDER BY m4.order_1 DESC, m4.order_2 ASC) AS place, count(*) OVER () AS found
          FROM (
            SELECT m3.title AS title, m3.pages AS order_1, m3.id AS order_2
            FROM books AS m3
            WHERE m2.id = m3.author_id
            ORDER BY m3.pages DESC, m3.id ASC
            LIMIT 2
            OFFSET ?
          ) AS m4
          ORDER BY place
        ) AS m5
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
    SELECT group_concat(
      '{"booksConnection":'
        || (
          SELECT '{"nodes":['
            || coalesce(
              group_concat('{"id":' || CAST(m12.id AS TEXT) || '}', ',') FILTER(WHERE m12.place <= 1), ''
            )
            || '],"totalCount":'
            || CAST(
              (
                SELECT count(*) AS count_2
                FROM books AS m13
                WHERE EXISTS (
                  SELECT 1
                  FROM placed AS m14
                  WHERE m14.book_id = m13.id AND m14.shelf_id = m8.id
                )
              ) AS TEXT
            )
            || '}' AS joined_2
          FROM (
            SELECT m11.id AS id, row_number() OVER (ORDER BY m11.id DESC) AS place, count(*) OVER () AS found
            FROM (
              SELECT m9.id AS id
              FROM books AS m9
              WHERE EXISTS (
                SELECT 1
                FROM placed AS m10
                WHERE m10.book_id = m9.id AND m10.shelf_id = m8.id
              )
              ORDER BY m9.id DESC
              LIMIT 2
              OFFSET ?
            ) AS m11
            ORDER BY place DESC
          ) AS m12
        )
        || '}',
      ','
    ) AS row_texts_2
    FROM (
      SELECT m7.id AS id
      FROM shelves AS m7
      ORDER BY m7.id ASC
    ) AS m8
  ) AS f1
