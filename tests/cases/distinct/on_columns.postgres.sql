SELECT (
  SELECT string_agg('{"genre":' || CAST(to_json(m2.genre) AS TEXT) || '}', ',') AS row_texts_1
  FROM (
    SELECT DISTINCT ON (m1.genre) m1.genre AS genre
    FROM books AS m1
    ORDER BY m1.genre ASC
  ) AS m2
) AS f0,
  (
    SELECT string_agg(
      '{"genre":' || CAST(to_json(m4.genre) AS TEXT) || ',"title":' || CAST(to_json(m4.title) AS TEXT) || '}',
      ','
    ) AS row_texts_2
    FROM (
      SELECT DISTINCT ON (m3.genre) m3.genre AS genre, m3.title AS title, m3.pages AS order_2
      FROM books AS m3
      ORDER BY m3.genre ASC, m3.pages DESC
    ) AS m4
  ) AS f1,
  (
    SELECT string_agg(
      '{"genre":' || CAST(to_json(m6.genre) AS TEXT) || ',"title":' || CAST(to_json(m6.title) AS TEXT) || '}',
      ','
    ) AS row_texts_3
    FROM (
      SELECT DISTINCT ON (m5.genre) m5.genre AS genre, m5.title AS title, m5.pages AS order_2,
        m5.id AS order_3
      FROM books AS m5
      ORDER BY m5.genre DESC, m5.pages ASC, m5.id ASC
    ) AS m6
  ) AS f2,
  (
    SELECT string_agg(
      '{"pages":' || CAST(m8.pages AS TEXT) || ',"genre":' || CAST(to_json(m8.genre) AS TEXT) || '}', ','
    ) AS row_texts_4
    FROM (
      SELECT DISTINCT ON (m7.pages, m7.genre) m7.pages AS pages, m7.genre AS genre, m7.id AS order_3
      FROM books AS m7
      ORDER BY m7.pages ASC, m7.genre ASC, m7.id ASC
    ) AS m8
  ) AS f3,
  (
    SELECT string_agg(
      '{"email":'
        || coalesce(CAST(to_json(m10.email) AS TEXT), 'null')
        || ',"id":'
        || CAST(m10.id AS TEXT)
        || '}',
      ','
    ) AS row_texts_5
    FROM (
      SELECT DISTINCT ON (m9.email) m9.email AS email, m9.id AS id
      FROM authors AS m9
      ORDER BY m9.email DESC, m9.id ASC
    ) AS m10
  ) AS f4,
  (
    SELECT string_agg(
      '{"genre":' || CAST(to_json(m12.genre) AS TEXT) || ',"id":' || CAST(m12.id AS TEXT) || '}', ','
    ) AS row_texts_6
    FROM (
      SELECT DISTINCT ON (m11.genre) m11.genre AS genre, m11.id AS id
      FROM books AS m11
      ORDER BY m11.genre ASC, m11.id ASC
      LIMIT 1
      OFFSET $1::BIGINT
    ) AS m12
  ) AS f5
