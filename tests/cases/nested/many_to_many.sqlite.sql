SELECT group_concat(
  '{"name":'
    || json_quote(m2.name)
    || ',"books":['
    || coalesce(
      (
        SELECT group_concat(
          '{"title":'
            || json_quote(m5.title)
            || ',"shelves":['
            || coalesce(
              (
                SELECT group_concat('{"name":' || json_quote(m8.name) || '}', ',') AS row_texts_3
                FROM (
                  SELECT m6.name AS name
                  FROM shelves AS m6
                  WHERE EXISTS (
                    SELECT 1
                    FROM placed AS m7
                    WHERE m7.shelf_id = m6.id AND m7.book_id = m5.id
                  )
                  ORDER BY m6.name ASC
                ) AS m8
              ),
              ''
            )
            || ']}',
          ','
        ) AS row_texts_2
        FROM (
          SELECT m3.title AS title, m3.id AS id
          FROM books AS m3
          WHERE EXISTS (
            SELECT 1
            FROM placed AS m4
            WHERE m4.book_id = m3.id AND m4.shelf_id = m2.id
          )
          ORDER BY m3.title ASC
        ) AS m5
      ),
      ''
    )
    || '],"booksAggregate":'
    || (
      SELECT '{"aggregate":{"count":'
        || CAST(count(*) AS TEXT)
        || ',"max":{"pages":'
        || coalesce(CAST(max(m11.pages) AS TEXT), 'null')
        || '}},"nodes":['
        || coalesce(group_concat('{"id":' || CAST(m11.id AS TEXT) || '}', ','), '')
        || ']}' AS joined_1
      FROM (
        SELECT m9.pages AS pages, m9.id AS id
        FROM books AS m9
        WHERE EXISTS (
          SELECT 1
          FROM placed AS m10
          WHERE m10.book_id = m9.id AND m10.shelf_id = m2.id
        )
        ORDER BY m9.id ASC
      ) AS m11
    )
    || '}',
  ','
) AS row_texts_1
FROM (
  SELECT m1.name AS name, m1.id AS id
  FROM shelves AS m1
  ORDER BY m1.id ASC
) AS m2
