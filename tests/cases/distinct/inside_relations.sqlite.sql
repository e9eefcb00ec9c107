SELECT group_concat(
  '{"books":['
    || coalesce(
      (
        SELECT group_concat(
          '{"genre":'
            || CASE
              WHEN (typeof(m5.genre) = 'blob') THEN json_quote(hex(m5.genre))
              ELSE json_quote(m5.genre)
            END
            || ',"title":'
            || json_quote(m5.title)
            || ',"author":'
            || CASE WHEN (m6.id IS NULL) THEN 'null' ELSE '{"name":'
            || json_quote(m6.name)
            || '}' END
            || '}',
          ','
        ) AS row_texts_2
        FROM (
          SELECT numbered.genre AS genre, numbered.title AS title, numbered.author_id AS author_id,
            numbered.order_2 AS order_2
          FROM (
            SELECT m3.genre AS genre, m3.title AS title, m3.author_id AS author_id, m3.pages AS order_2,
              row_number() OVER (PARTITION BY m3.genre ORDER BY m3.genre ASC, m3.pages DESC) AS place
            FROM books AS m3
            WHERE m2.id = m3.author_id
          ) AS numbered
          WHERE numbered.place = 1
          ORDER BY numbered.genre ASC, numbered.order_2 DESC
          LIMIT ?
          OFFSET ?
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
