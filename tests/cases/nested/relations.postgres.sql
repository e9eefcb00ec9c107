SELECT string_agg(
  '{"name":'
    || CAST(to_json(m2.name) AS TEXT)
    || ',"profile":'
    || CASE WHEN (m3.author_id IS NULL) THEN 'null' ELSE '{"motto":'
    || CAST(to_json(m3.motto) AS TEXT)
    || ',"author":'
    || CASE WHEN (m4.id IS NULL) THEN 'null' ELSE '{"name":'
    || CAST(to_json(m4.name) AS TEXT)
    || '}' END
    || '}' END
    || ',"books":['
    || coalesce(
      (
        SELECT string_agg(
          '{"title":'
            || CAST(to_json(m6.title) AS TEXT)
            || ',"author":'
            || CASE WHEN (m7.id IS NULL) THEN 'null' ELSE '{"name":'
            || CAST(to_json(m7.name) AS TEXT)
            || ',"profile":'
            || CASE WHEN (m8.author_id IS NULL) THEN 'null' ELSE '{"motto":'
            || CAST(to_json(m8.motto) AS TEXT)
            || '}' END
            || '}' END
            || '}',
          ','
          ORDER BY m6.order_1 ASC
        ) AS row_texts_2
        FROM (
          SELECT m5.title AS title, m5.author_id AS author_id, m5.id AS order_1
          FROM books AS m5
          WHERE m2.id = m5.author_id
          ORDER BY m5.id ASC
        ) AS m6
        LEFT OUTER JOIN authors AS m7 ON m6.author_id = m7.id
        LEFT OUTER JOIN profiles AS m8 ON m7.id = m8.author_id
      ),
      ''
    )
    || ']}',
  ','
  ORDER BY m2.id ASC
) AS row_texts_1
FROM (
  SELECT m1.name AS name, m1.id AS id
  FROM authors AS m1
  ORDER BY m1.id ASC
) AS m2
LEFT OUTER JOIN profiles AS m3 ON m2.id = m3.author_id
LEFT OUTER JOIN authors AS m4 ON m3.author_id = m4.id
