SELECT (
  SELECT group_concat(
    '{"genre":'
      || CASE WHEN (typeof(m2.genre) = 'blob') THEN json_quote(hex(m2.genre)) ELSE json_quote(m2.genre) END
      || '}',
    ','
  ) AS row_texts_1
  FROM (
    SELECT numbered.genre AS genre
    FROM (
      SELECT m1.genre AS genre, row_number() OVER (PARTITION BY m1.genre ORDER BY m1.genre ASC) AS place
      FROM books AS m1
    ) AS numbered
    WHERE numbered.place = 1
    ORDER BY numbered.genre ASC
  ) AS m2
) AS f0,
  (
    SELECT group_concat(
      '{"genre":'
        || CASE WHEN (typeof(m4.genre) = 'blob') THEN json_quote(hex(m4.genre)) ELSE json_quote(m4.genre) END
        || ',"title":'
        || json_quote(m4.title)
        || '}',
      ','
    ) AS row_texts_2
    FROM (
      SELECT numbered.genre AS genre, numbered.title AS title, numbered.order_2 AS order_2
      FROM (
        SELECT m3.genre AS genre, m3.title AS title, m3.pages AS order_2,
          row_number() OVER (PARTITION BY m3.genre ORDER BY m3.genre ASC, m3.pages DESC) AS place
        FROM books AS m3
      ) AS numbered
      WHERE numbered.place = 1
      ORDER BY numbered.genre ASC, numbered.order_2 DESC
    ) AS m4
  ) AS f1,
  (
    SELECT group_concat(
      '{"genre":'
        || CASE WHEN (typeof(m6.genre) = 'blob') THEN json_quote(hex(m6.genre)) ELSE json_quote(m6.genre) END
        || ',"title":'
        || json_quote(m6.title)
        || '}',
      ','
    ) AS row_texts_3
    FROM (
      SELECT numbered.genre AS genre, numbered.title AS title, numbered.order_2 AS order_2,
        numbered.order_3 AS order_3
      FROM (
        SELECT m5.genre AS genre, m5.title AS title, m5.pages AS order_2, m5.id AS order_3,
          row_number() OVER (PARTITION BY m5.genre ORDER BY m5.genre DESC, m5.pages ASC, m5.id ASC) AS place
        FROM books AS m5
      ) AS numbered
      WHERE numbered.place = 1
      ORDER BY numbered.genre DESC, numbered.order_2 ASC, numbered.order_3 ASC
    ) AS m6
  ) AS f2,
  (
    SELECT group_concat(
      '{"pages":'
        || CAST(m8.pages AS TEXT)
        || ',"genre":'
        || CASE WHEN (typeof(m8.genre) = 'blob') THEN json_quote(hex(m8.genre)) ELSE json_quote(m8.genre) END
        || '}',
      ','
    ) AS row_texts_4
    FROM (
      SELECT numbered.pages AS pages, numbered.genre AS genre, numbered.order_3 AS order_3
      FROM (
        SELECT m7.pages AS pages, m7.genre AS genre, m7.id AS order_3,
          row_number() OVER (
            PARTITION BY m7.pages, m7.genre
            ORDER BY m7.pages ASC, m7.genre ASC, m7.id ASC
          ) AS place
        FROM books AS m7
      ) AS numbered
      WHERE numbered.place = 1
      ORDER BY numbered.pages ASC, numbered.genre ASC, numbered.order_3 ASC
    ) AS m8
  ) AS f3,
  (
    SELECT group_concat(
      '{"email":' || json_quote(m10.email) || ',"id":' || CAST(m10.id AS TEXT) || '}', ','
    ) AS row_texts_5
    FROM (
      SELECT numbered.email AS email, numbered.id AS id
      FROM (
        SELECT m9.email AS email, m9.id AS id,
          row_number() OVER (PARTITION BY m9.email ORDER BY m9.email DESC NULLS FIRST, m9.id ASC) AS place
        FROM authors AS m9
      ) AS numbered
      WHERE numbered.place = 1
      ORDER BY numbered.email DESC NULLS FIRST, numbered.id ASC
    ) AS m10
  ) AS f4,
  (
    SELECT group_concat(
      '{"genre":'
        || CASE
          WHEN (typeof(m12.genre) = 'blob') THEN json_quote(hex(m12.genre))
          ELSE json_quote(m12.genre)
        END
        || ',"id":'
        || CAST(m12.id AS TEXT)
        || '}',
      ','
    ) AS row_texts_6
    FROM (
      SELECT numbered.genre AS genre, numbered.id AS id
      FROM (
        SELECT m11.genre AS genre, m11.id AS id,
          row_number() OVER (PARTITION BY m11.genre ORDER BY m11.genre ASC, m11.id ASC) AS place
        FROM books AS m11
      ) AS numbered
      WHERE numbered.place = 1
      ORDER BY numbered.genre ASC, numbered.id ASC
      LIMIT 1
      OFFSET ?
    ) AS m12
  ) AS f5
