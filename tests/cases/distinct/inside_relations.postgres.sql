SELECT string_agg(
  '{"books":['
    || coalesce(
      (
        SELECT string_agg(
          '{"genre":'
            || CAST(to_json(m5.genre) AS TEXT)
            || ',"title":'
            || CAST(to_json(m5.title) AS TEXT)
            || ',"author":'
            || CASE WHEN (m6.id IS NULL) THEN 'null' ELSE '{"name":'
            || CAST(to_json(m6.name) AS TEXT)
            || '}' END
            || '}',
          ','
          ORDER BY m5.genre ASC, m5.order_2 DESC
        ) AS row_texts_2
        FROM (
          SELECT m4.genre AS genre, m4.title AS title, m4.author_id AS author_id, m4.order_2 AS order_2
          FROM (
            SELECT DISTINCT ON (m3.genre) m3.genre AS genre, m3.title AS title, m3.author_id AS author_id,
              m3.pages AS order_2
            FROM books AS m3
            WHERE m2.id = m3.author_id
            ORDER BY m3.genre ASC, m3.pages DESC
            LIMIT 5
          ) AS m4
          LIMIT $1::INTEGER
        ) AS m5
        LEFT OUTER JOIN authors AS m6 ON m5.author_id = m6.id
      ),
      ''
    )
    || ']}',
  ','
) AS row_texts_1
FROM (
  SELECT m1.id AS id
  FROM authors AS m1
  ORDER BY m1.id ASC
) AS m2
