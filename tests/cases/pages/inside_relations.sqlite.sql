SELECT (
  SELECT group_concat(
    (
      '{"name":'
        || json_quote(m2.name)
        || ',"booksConnection":'
        || (
          SELECT (
            '{"edges":['
              || coalesce(
                group_concat(
                  CASE WHEN (m6.place <= 1) THEN ('{"node":{"title":' || json_quote(m6.title) || '}}') END,
                  ','
                ),
                ''
              )
              || '],"pageInfo":{"hasNextPage":'
              || CASE WHEN (max(m6.found) > 1) THEN 'true' ELSE 'false' END
              || '},"totalCount":'
              || CAST(
                (
                  SELECT count(*) AS count_1
                  FROM books AS m7
                  WHERE m2.id = m7.author_id
                ) AS TEXT
              )
              || '}'
          ) AS joined_1
          FROM (
            SELECT m5.title AS title, m5.order_1 AS order_1, m5.order_2 AS order_2, m5.place AS place,
              m5.found AS found
            FROM (
              SELECT m4.title AS title, m4.order_1 AS order_1, m4.order_2 AS order_2,
                row_number() OVER (ORDER BY m4.order_1 DESC, m4.order_2 ASC) AS place,
                count(*) OVER () AS found
              FROM (
                SELECT m3.title AS title, m3.pages AS order_1, m3.id AS order_2
                FROM books AS m3
                WHERE m2.id = m3.author_id
                ORDER BY m3.pages DESC, m3.id ASC
                LIMIT 2
                OFFSET ?
              ) AS m4
            ) AS m5
            ORDER BY m5.place
          ) AS m6
        )
        || '}'
    ),
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
      (
        '{"booksConnection":'
          || (
            SELECT (
              '{"nodes":['
                || coalesce(
                  group_concat(
                    CASE WHEN (m14.place <= 1) THEN ('{"id":' || CAST(m14.id AS TEXT) || '}') END, ','
                  ),
                  ''
                )
                || '],"totalCount":'
                || CAST(
                  (
                    SELECT count(*) AS count_2
                    FROM books AS m15
                    WHERE EXISTS (
                      SELECT 1
                      FROM placed AS m16
                      WHERE m16.book_id = m15.id AND m16.shelf_id = m9.id
                    )
                  ) AS TEXT
                )
                || '}'
            ) AS joined_2
            FROM (
              SELECT m13.id AS id, m13.place AS place, m13.found AS found
              FROM (
                SELECT m12.id AS id, row_number() OVER (ORDER BY m12.id DESC) AS place,
                  count(*) OVER () AS found
                FROM (
                  SELECT m10.id AS id
                  FROM books AS m10
                  WHERE EXISTS (
                    SELECT 1
                    FROM placed AS m11
                    WHERE m11.book_id = m10.id AND m11.shelf_id = m9.id
                  )
                  ORDER BY m10.id DESC
                  LIMIT 2
                  OFFSET ?
                ) AS m12
              ) AS m13
              ORDER BY m13.place DESC
            ) AS m14
          )
          || '}'
      ),
      ','
    ) AS row_texts_2
    FROM (
      SELECT m8.id AS id
      FROM shelves AS m8
      ORDER BY m8.id ASC
    ) AS m9
  ) AS f1
