SELECT (
  SELECT group_concat('{"title":' || json_quote(m1.title) || '}', ',') AS row_texts_1
  FROM books AS m1
  WHERE m1.title = ?
) AS f0,
  (
    SELECT group_concat('{"title":' || json_quote(m3.title) || '}', ',') AS row_texts_2
    FROM (
      SELECT m2.title AS title, m2.id AS order_1
      FROM books AS m2
      WHERE m2.title <> ?
      ORDER BY m2.id ASC
    ) AS m3
  ) AS f1,
  (
    SELECT group_concat('{"title":' || json_quote(m5.title) || '}', ',') AS row_texts_3
    FROM (
      SELECT m4.title AS title, m4.id AS order_1
      FROM books AS m4
      WHERE m4.title > ?
      ORDER BY m4.id ASC
    ) AS m5
  ) AS f2,
  (
    SELECT group_concat('{"title":' || json_quote(m7.title) || '}', ',') AS row_texts_4
    FROM (
      SELECT m6.title AS title, m6.id AS order_1
      FROM books AS m6
      WHERE m6.title >= ?
      ORDER BY m6.id ASC
    ) AS m7
  ) AS f3,
  (
    SELECT group_concat('{"title":' || json_quote(m9.title) || '}', ',') AS row_texts_5
    FROM (
      SELECT m8.title AS title, m8.id AS order_1
      FROM books AS m8
      WHERE m8.title < ?
      ORDER BY m8.id ASC
    ) AS m9
  ) AS f4,
  (
    SELECT group_concat('{"title":' || json_quote(m11.title) || '}', ',') AS row_texts_6
    FROM (
      SELECT m10.title AS title, m10.id AS order_1
      FROM books AS m10
      WHERE m10.title <= ?
      ORDER BY m10.id ASC
    ) AS m11
  ) AS f5,
  (
    SELECT group_concat('{"title":' || json_quote(m13.title) || '}', ',') AS row_texts_7
    FROM (
      SELECT m12.title AS title, m12.id AS order_1
      FROM books AS m12
      WHERE m12.title IN (
        SELECT items.value
        FROM json_each(?) AS items
      )
      ORDER BY m12.id ASC
    ) AS m13
  ) AS f6,
  (
    SELECT group_concat('{"title":' || json_quote(m15.title) || '}', ',') AS row_texts_8
    FROM (
      SELECT m14.title AS title, m14.id AS order_1
      FROM books AS m14
      WHERE (
        m14.title NOT IN (
          SELECT items.value
          FROM json_each(?) AS items
        )
      )
      ORDER BY m14.id ASC
    ) AS m15
  ) AS f7,
  (
    SELECT group_concat('{"name":' || json_quote(m16.name) || '}', ',') AS row_texts_9
    FROM authors AS m16
    WHERE m16.name = ?
  ) AS f8,
  (
    SELECT group_concat('{"name":' || json_quote(m17.name) || '}', ',') AS row_texts_10
    FROM authors AS m17
    WHERE m17.name = ?
  ) AS f9
