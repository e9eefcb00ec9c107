SELECT (
  SELECT string_agg(
    '{"id":'
      || CAST(m3.id AS TEXT)
      || ',"author":'
      || CASE WHEN (m4.id IS NULL) THEN 'null' ELSE '{"name":'
      || CAST(to_json(m4.name) AS TEXT)
      || '}' END
      || '}',
    ','
    ORDER BY m3.order_1 ASC, m3.id ASC
  ) AS row_texts_1
  FROM (
    SELECT m1.id AS id, m1.author_id AS author_id, m2.name AS order_1
    FROM books AS m1
    LEFT OUTER JOIN authors AS m2 ON m1.author_id = m2.id
    ORDER BY m2.name ASC, m1.id ASC
  ) AS m3
  LEFT OUTER JOIN authors AS m4 ON m3.author_id = m4.id
) AS f0,
  (
    SELECT string_agg('{"id":' || CAST(m7.id AS TEXT) || '}', ',') AS row_texts_2
    FROM (
      SELECT m5.id AS id, m6.born AS order_1
      FROM books AS m5
      LEFT OUTER JOIN authors AS m6 ON m5.author_id = m6.id
      ORDER BY m6.born ASC NULLS FIRST, m5.id DESC
    ) AS m7
  ) AS f1,
  (
    SELECT string_agg('{"id":' || CAST(m11.id AS TEXT) || '}', ',') AS row_texts_3
    FROM (
      SELECT m8.id AS id, m10.name AS order_1
      FROM reviews AS m8
      LEFT OUTER JOIN books AS m9 ON m8.book_id = m9.id
      LEFT OUTER JOIN authors AS m10 ON m9.author_id = m10.id
      ORDER BY m10.name DESC, m8.id ASC
    ) AS m11
  ) AS f2,
  (
    SELECT string_agg('{"id":' || CAST(m14.id AS TEXT) || '}', ',') AS row_texts_4
    FROM (
      SELECT m12.id AS id, m13.born AS order_1, m13.name AS order_2
      FROM books AS m12
      LEFT OUTER JOIN authors AS m13 ON m12.author_id = m13.id
      ORDER BY m13.born DESC NULLS LAST, m13.name ASC, m12.id ASC
    ) AS m14
  ) AS f3,
  (
    SELECT string_agg(
      '{"id":'
        || CAST(m17.id AS TEXT)
        || ',"profile":'
        || CASE WHEN (m18.author_id IS NULL) THEN 'null' ELSE '{"motto":'
        || CAST(to_json(m18.motto) AS TEXT)
        || '}' END
        || '}',
      ','
      ORDER BY m17.order_1 ASC, m17.id ASC
    ) AS row_texts_5
    FROM (
      SELECT m15.id AS id, m16.motto AS order_1
      FROM authors AS m15
      LEFT OUTER JOIN profiles AS m16 ON m15.id = m16.author_id
      ORDER BY m16.motto ASC, m15.id ASC
    ) AS m17
    LEFT OUTER JOIN profiles AS m18 ON m17.id = m18.author_id
  ) AS f4,
  (
    SELECT string_agg('{"name":' || CAST(to_json(m21.name) AS TEXT) || '}', ',') AS row_texts_6
    FROM (
      SELECT m19.name AS name, m20.name AS order_1
      FROM shelves AS m19
      LEFT OUTER JOIN shelves AS m20 ON m19.parent_id = m20.id
      ORDER BY m20.name ASC NULLS FIRST, m19.name DESC
    ) AS m21
  ) AS f5
