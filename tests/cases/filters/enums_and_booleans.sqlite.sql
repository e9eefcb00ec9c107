SELECT (
  SELECT group_concat(
    '{"genre":'
      || CASE WHEN (typeof(m2.genre) = 'blob') THEN json_quote(hex(m2.genre)) ELSE json_quote(m2.genre) END
      || '}',
    ','
  ) AS row_texts_1
  FROM (
    SELECT m1.genre AS genre, m1.id AS order_1
    FROM books AS m1
    WHERE m1.genre = ?
    ORDER BY m1.id ASC
  ) AS m2
) AS f0,
  (
    SELECT group_concat(
      '{"genre":'
        || CASE WHEN (typeof(m4.genre) = 'blob') THEN json_quote(hex(m4.genre)) ELSE json_quote(m4.genre) END
        || '}',
      ','
    ) AS row_texts_2
    FROM (
      SELECT m3.genre AS genre, m3.id AS order_1
      FROM books AS m3
      WHERE m3.genre <> ?
      ORDER BY m3.id ASC
    ) AS m4
  ) AS f1,
  (
    SELECT group_concat(
      '{"genre":'
        || CASE WHEN (typeof(m6.genre) = 'blob') THEN json_quote(hex(m6.genre)) ELSE json_quote(m6.genre) END
        || '}',
      ','
    ) AS row_texts_3
    FROM (
      SELECT m5.genre AS genre, m5.id AS order_1
      FROM books AS m5
      WHERE m5.genre IN (
        SELECT items.value
        FROM json_each(?) AS items
      )
      ORDER BY m5.id ASC
    ) AS m6
  ) AS f2,
  (
    SELECT group_concat(
      '{"genre":'
        || CASE WHEN (typeof(m8.genre) = 'blob') THEN json_quote(hex(m8.genre)) ELSE json_quote(m8.genre) END
        || '}',
      ','
    ) AS row_texts_4
    FROM (
      SELECT m7.genre AS genre, m7.id AS order_1
      FROM books AS m7
      WHERE m7.genre = ?
      ORDER BY m7.id ASC
    ) AS m8
  ) AS f3,
  (
    SELECT group_concat(
      '{"genre":'
        || CASE
          WHEN (typeof(m10.genre) = 'blob') THEN json_quote(hex(m10.genre))
          ELSE json_quote(m10.genre)
        END
        || '}',
      ','
    ) AS row_texts_5
    FROM (
      SELECT m9.genre AS genre, m9.id AS order_1
      FROM books AS m9
      WHERE (
        m9.genre NOT IN (
          SELECT items.value
          FROM json_each(?) AS items
        )
      )
      ORDER BY m9.id ASC
    ) AS m10
  ) AS f4,
  (
    SELECT group_concat(
      '{"inPrint":'
        || CASE WHEN (m12.in_print IS NULL) THEN NULL WHEN m12.in_print THEN 'true' ELSE 'false' END
        || '}',
      ','
    ) AS row_texts_6
    FROM (
      SELECT m11.in_print AS in_print, m11.id AS order_1
      FROM books AS m11
      WHERE m11.in_print = ?
      ORDER BY m11.id ASC
    ) AS m12
  ) AS f5,
  (
    SELECT group_concat(
      '{"inPrint":'
        || CASE WHEN (m14.in_print IS NULL) THEN NULL WHEN m14.in_print THEN 'true' ELSE 'false' END
        || '}',
      ','
    ) AS row_texts_7
    FROM (
      SELECT m13.in_print AS in_print, m13.id AS order_1
      FROM books AS m13
      WHERE m13.in_print IN (
        SELECT items.value
        FROM json_each(?) AS items
      )
      ORDER BY m13.id ASC
    ) AS m14
  ) AS f6,
  (
    SELECT group_concat(
      '{"inPrint":'
        || CASE WHEN (m16.in_print IS NULL) THEN NULL WHEN m16.in_print THEN 'true' ELSE 'false' END
        || '}',
      ','
    ) AS row_texts_8
    FROM (
      SELECT m15.in_print AS in_print, m15.id AS order_1
      FROM books AS m15
      WHERE m15.in_print < ?
      ORDER BY m15.id ASC
    ) AS m16
  ) AS f7
