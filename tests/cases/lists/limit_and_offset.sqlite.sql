SELECT (
  SELECT group_concat('{"id":' || CAST(m2.id AS TEXT) || '}', ',') AS row_texts_1
  FROM (
    SELECT m1.id AS id
    FROM books AS m1
    ORDER BY m1.id ASC
    LIMIT 2
    OFFSET ?
  ) AS m2
) AS f0,
  (
    SELECT group_concat('{"id":' || CAST(m4.id AS TEXT) || '}', ',') AS row_texts_2
    FROM (
      SELECT m3.id AS id
      FROM books AS m3
      ORDER BY m3.id ASC
      LIMIT 2
      OFFSET ?
    ) AS m4
  ) AS f1,
  (
    SELECT group_concat('{"id":' || CAST(m6.id AS TEXT) || '}', ',') AS row_texts_3
    FROM (
      SELECT m5.id AS id
      FROM books AS m5
      ORDER BY m5.id ASC
      LIMIT 2
      OFFSET ?
    ) AS m6
  ) AS f2,
  (
    SELECT group_concat('{"id":' || CAST(m8.id AS TEXT) || '}', ',') AS row_texts_4
    FROM (
      SELECT m7.id AS id
      FROM books AS m7
      ORDER BY m7.id ASC
      LIMIT ?
      OFFSET ?
    ) AS m8
  ) AS f3,
  (
    SELECT group_concat('{"id":' || CAST(m10.id AS TEXT) || '}', ',') AS row_texts_5
    FROM (
      SELECT m9.id AS id
      FROM books AS m9
      LIMIT 0
      OFFSET ?
    ) AS m10
  ) AS f4,
  (
    SELECT group_concat('{"id":' || CAST(m12.id AS TEXT) || '}', ',') AS row_texts_6
    FROM (
      SELECT m11.id AS id
      FROM books AS m11
      ORDER BY m11.id ASC
    ) AS m12
  ) AS f5
