SELECT string_agg(
  '{"name":'
    || CAST(to_json(m2.name) AS TEXT)
    || ',"profile":'
    || CASE WHEN (m3.author_id IS NULL) THEN 'null' ELSE '{"motto":'
    || CAST(to_json(m3.motto) AS TEXT)
    || '}' END
    || ',"books":['
    || coalesce(
      (
        SELECT string_agg(
          '{"title":'
            || CAST(to_json(m5.title) AS TEXT)
            || ',"author":'
            || CASE WHEN (m6.id IS NULL) THEN 'null' ELSE '{"name":'
            || CAST(to_json(m6.name) AS TEXT)
            || '}' END
            || ',"reviews":['
            || coalesce(
              (
                SELECT string_agg(
                  '{"stars":'
                    || CAST(m8.stars AS TEXT)
                    || ',"book":'
                    || CASE WHEN (m9.id IS NULL) THEN 'null' ELSE '{"title":'
                    || CAST(to_json(m9.title) AS TEXT)
                    || '}' END
                    || '}',
                  ','
                  ORDER BY m8.stars DESC
                ) AS row_texts_3
                FROM (
                  SELECT m7.stars AS stars, m7.book_id AS book_id
                  FROM reviews AS m7
                  WHERE m5.id = m7.book_id
                  ORDER BY m7.stars DESC
                ) AS m8
                LEFT OUTER JOIN books AS m9 ON m8.book_id = m9.id
              ),
              ''
            )
            || ']}',
          ','
          ORDER BY m5.title DESC
        ) AS row_texts_2
        FROM (
          SELECT m4.title AS title, m4.author_id AS author_id, m4.id AS id
          FROM books AS m4
          WHERE m2.id = m4.author_id
          ORDER BY m4.title DESC
        ) AS m5
        LEFT OUTER JOIN authors AS m6 ON m5.author_id = m6.id
      ),
      ''
    )
    || ']}',
  ','
  ORDER BY m2.name DESC
) AS row_texts_1
FROM (
  SELECT m1.name AS name, m1.id AS id
  FROM authors AS m1
  ORDER BY m1.name DESC
) AS m2
LEFT OUTER JOIN profiles AS m3 ON m2.id = m3.author_id
