SELECT (
  SELECT string_agg(
    '{"pages":' || CAST(m2.pages AS TEXT) || ',"title":' || CAST(to_json(m2.title) AS TEXT) || '}', ','
  ) AS row_texts_1
  FROM (
    SELECT m1.pages AS pages, m1.title AS title
    FROM books AS m1
    ORDER BY m1.pages DESC, m1.title ASC
  ) AS m2
) AS f0,
  (
    SELECT string_agg(
      '{"pages":' || CAST(m4.pages AS TEXT) || ',"title":' || CAST(to_json(m4.title) AS TEXT) || '}', ','
    ) AS row_texts_2
    FROM (
      SELECT m3.pages AS pages, m3.title AS title
      FROM books AS m3
      ORDER BY m3.pages DESC, m3.title DESC
    ) AS m4
  ) AS f1,
  (
    SELECT string_agg('{"title":' || CAST(to_json(m6.title) AS TEXT) || '}', ',') AS row_texts_3
    FROM (
      SELECT m5.title AS title
      FROM books AS m5
      ORDER BY m5.title ASC
    ) AS m6
  ) AS f2,
  (
    SELECT string_agg(
      '{"genre":' || CAST(to_json(m8.genre) AS TEXT) || ',"id":' || CAST(m8.id AS TEXT) || '}', ','
    ) AS row_texts_4
    FROM (
      SELECT m7.genre AS genre, m7.id AS id
      FROM books AS m7
      ORDER BY m7.genre ASC, m7.id ASC
    ) AS m8
  ) AS f3,
  (
    SELECT string_agg(
      '{"inPrint":' || CAST(m10.in_print AS TEXT) || ',"id":' || CAST(m10.id AS TEXT) || '}', ','
    ) AS row_texts_5
    FROM (
      SELECT m9.in_print AS in_print, m9.id AS id
      FROM books AS m9
      ORDER BY m9.in_print DESC, m9.id ASC
    ) AS m10
  ) AS f4,
  (
    SELECT string_agg('{"price":' || CAST(to_json(m12.price) AS TEXT) || '}', ',') AS row_texts_6
    FROM (
      SELECT m11.price AS price
      FROM books AS m11
      ORDER BY m11.price DESC
    ) AS m12
  ) AS f5,
  (
    SELECT string_agg('{"addedAt":' || CAST(to_json(m14.added_at) AS TEXT) || '}', ',') AS row_texts_7
    FROM (
      SELECT m13.added_at AS added_at
      FROM books AS m13
      ORDER BY m13.added_at DESC
    ) AS m14
  ) AS f6
