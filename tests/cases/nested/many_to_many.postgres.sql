SELECT string_agg(
  '{"name":'
    || CAST(to_json(m2.name) AS TEXT)
    || ',"books":['
    || coalesce(
      (
        SELECT string_agg(
          '{"title":'
            || CAST(to_json(m5.title) AS TEXT)
            || ',"shelves":['
            || coalesce(
              (
                SELECT string_agg('{"name":' || CAST(to_json(m8.name) AS TEXT) || '}', ',') AS row_texts_3
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
        || coalesce(string_agg('{"id":' || CAST(m11.id AS TEXT) || '}', ',' ORDER BY m11.id ASC), '')
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
