SELECT (
  SELECT group_concat('{"id":' || CAST(m2.id AS TEXT) || '}', ',') AS row_texts_1
  FROM (
    SELECT m1.id AS id
    FROM books AS m1
    WHERE (m1.pages > ?) AND (m1.in_print = ?)
    ORDER BY m1.id ASC
  ) AS m2
) AS f0,
  (
    SELECT group_concat('{"id":' || CAST(m4.id AS TEXT) || '}', ',') AS row_texts_2
    FROM (
      SELECT m3.id AS id
      FROM books AS m3
      WHERE (m3.pages < ?) OR (m3.title = ?)
      ORDER BY m3.id ASC
    ) AS m4
  ) AS f1,
  (
    SELECT group_concat('{"id":' || CAST(m6.id AS TEXT) || '}', ',') AS row_texts_3
    FROM (
      SELECT m5.id AS id
      FROM books AS m5
      WHERE NOT (m5.in_print = ?)
      ORDER BY m5.id ASC
    ) AS m6
  ) AS f2,
  (
    SELECT group_concat('{"id":' || CAST(m7.id AS TEXT) || '}', ',') AS row_texts_4
    FROM books AS m7
    WHERE (m7.pages > ?) AND (m7.in_print = ?) AND ((m7.id = ?) OR (m7.id = ?))
  ) AS f3,
  (
    SELECT group_concat('{"id":' || CAST(m9.id AS TEXT) || '}', ',') AS row_texts_5
    FROM (
      SELECT m8.id AS id
      FROM books AS m8
      WHERE NOT ((m8.pages = ?) AND NOT (m8.genre = ?) OR (m8.title GLOB ?))
      ORDER BY m8.id ASC
    ) AS m9
  ) AS f4,
  (
    SELECT group_concat('{"id":' || CAST(m10.id AS TEXT) || '}', ',') AS row_texts_6
    FROM books AS m10
    WHERE (m10.id = ?) AND (m10.id = ?)
  ) AS f5
