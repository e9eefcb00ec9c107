SELECT (
  SELECT group_concat('{"title":' || json_quote(m2.title) || '}', ',') AS row_texts_1
  FROM (
    SELECT m1.title AS title, m1.id AS order_1
    FROM books AS m1
    WHERE m1.title GLOB ?
    ORDER BY m1.id ASC
  ) AS m2
) AS f0,
  (
    SELECT group_concat('{"title":' || json_quote(m4.title) || '}', ',') AS row_texts_2
    FROM (
      SELECT m3.title AS title, m3.id AS order_1
      FROM books AS m3
      WHERE m3.title GLOB ?
      ORDER BY m3.id ASC
    ) AS m4
  ) AS f1,
  (
    SELECT group_concat('{"title":' || json_quote(m6.title) || '}', ',') AS row_texts_3
    FROM (
      SELECT m5.title AS title, m5.id AS order_1
      FROM books AS m5
      WHERE m5.title GLOB ?
      ORDER BY m5.id ASC
    ) AS m6
  ) AS f2,
  (
    SELECT group_concat('{"title":' || json_quote(m8.title) || '}', ',') AS row_texts_4
    FROM (
      SELECT m7.title AS title, m7.id AS order_1
      FROM books AS m7
      WHERE lower(m7.title) GLOB lower(?)
      ORDER BY m7.id ASC
    ) AS m8
  ) AS f3,
  (
    SELECT group_concat('{"title":' || json_quote(m10.title) || '}', ',') AS row_texts_5
    FROM (
      SELECT m9.title AS title, m9.id AS order_1
      FROM books AS m9
      WHERE m9.title NOT GLOB ?
      ORDER BY m9.id ASC
    ) AS m10
  ) AS f4,
  (
    SELECT group_concat('{"title":' || json_quote(m12.title) || '}', ',') AS row_texts_6
    FROM (
      SELECT m11.title AS title, m11.id AS order_1
      FROM books AS m11
      WHERE lower(m11.title) NOT GLOB lower(?)
      ORDER BY m11.id ASC
    ) AS m12
  ) AS f5,
  (
    SELECT group_concat('{"subtitle":' || json_quote(m13.subtitle) || '}', ',') AS row_texts_7
    FROM books AS m13
    WHERE m13.subtitle GLOB ?
  ) AS f6,
  (
    SELECT group_concat('{"subtitle":' || json_quote(m14.subtitle) || '}', ',') AS row_texts_8
    FROM books AS m14
    WHERE m14.subtitle GLOB ?
  ) AS f7,
  (
    SELECT group_concat('{"title":' || json_quote(m15.title) || '}', ',') AS row_texts_9
    FROM books AS m15
    WHERE m15.title GLOB ?
  ) AS f8,
  (
    SELECT group_concat('{"subtitle":' || json_quote(m17.subtitle) || '}', ',') AS row_texts_10
    FROM (
      SELECT m16.subtitle AS subtitle, m16.id AS order_1
      FROM books AS m16
      WHERE m16.subtitle NOT GLOB ?
      ORDER BY m16.id ASC
    ) AS m17
  ) AS f9,
  (
    SELECT group_concat('{"name":' || json_quote(m18.name) || '}', ',') AS row_texts_11
    FROM authors AS m18
    WHERE m18.name GLOB ?
  ) AS f10
