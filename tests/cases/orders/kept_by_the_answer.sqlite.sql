SELECT group_concat(
  '{"name":'
    || json_quote(m2.name)
    || ',"profile":'
    || CASE WHEN (m3.author_id IS NULL) THEN 'null' ELSE '{"motto":'
    || json_quote(m3.motto)
    || '}' END
    || ',"books":['
    || coalesce(
      (
        SELECT group_concat(
          '{"title":'
            || json_quote(m5.title)
            || ',"author":'
            || CASE WHEN (m6.id IS NULL) THEN 'null' ELSE '{"name":'
            || json_quote(m6.name)
            || '}' END
            || ',"reviews":['
            || coalesce(
              (
                SELECT group_concat(
                  '{"stars":'
                    || CAST(m8.stars AS TEXT)
                    || ',"book":'
                    || CASE WHEN (m9.id IS NULL) THEN 'null' ELSE '{"title":'
                    || json_quote(m9.title)
                    || '}' END
                    || '}',
                  ','
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
) AS row_texts_1
FROM (
  SELECT m1.name AS name, m1.id AS id
  FROM authors AS m1
  ORDER BY m1.name DESC
) AS m2
LEFT OUTER JOIN profiles AS m3 ON m2.id = m3.author_id
