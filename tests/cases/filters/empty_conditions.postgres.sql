SELECT (
  SELECT string_agg('{"id":' || CAST(m2.id AS TEXT) || '}', ',') AS row_texts_1
  FROM (
    SELECT m1.id AS id
    FROM books AS m1
    ORDER BY m1.id ASC
  ) AS m2
) AS f0,
  (
    SELECT string_agg('{"id":' || CAST(m4.id AS TEXT) || '}', ',') AS row_texts_2
    FROM (
      SELECT m3.id AS id
      FROM books AS m3
      ORDER BY m3.id ASC
    ) AS m4
  ) AS f1,
  (
    SELECT string_agg('{"id":' || CAST(m6.id AS TEXT) || '}', ',') AS row_texts_3
    FROM (
      SELECT m5.id AS id
      FROM books AS m5
      ORDER BY m5.id ASC
    ) AS m6
  ) AS f2,
  (
    SELECT string_agg('{"id":' || CAST(m8.id AS TEXT) || '}', ',') AS row_texts_4
    FROM (
      SELECT m7.id AS id
      FROM books AS m7
      ORDER BY m7.id ASC
    ) AS m8
  ) AS f3,
  (
    SELECT string_agg('{"id":' || CAST(m9.id AS TEXT) || '}', ',') AS row_texts_5
    FROM books AS m9
    WHERE false
  ) AS f4,
  (
    SELECT string_agg('{"id":' || CAST(m11.id AS TEXT) || '}', ',') AS row_texts_6
    FROM (
      SELECT m10.id AS id
      FROM books AS m10
      WHERE true
      ORDER BY m10.id ASC
    ) AS m11
  ) AS f5,
  (
    SELECT string_agg('{"id":' || CAST(m12.id AS TEXT) || '}', ',') AS row_texts_7
    FROM books AS m12
    WHERE false
  ) AS f6,
  (
    SELECT string_agg('{"id":' || CAST(m14.id AS TEXT) || '}', ',') AS row_texts_8
    FROM (
      SELECT m13.id AS id
      FROM books AS m13
      WHERE true
      ORDER BY m13.id ASC
    ) AS m14
  ) AS f7,
  (
    SELECT string_agg('{"id":' || CAST(m16.id AS TEXT) || '}', ',') AS row_texts_9
    FROM (
      SELECT m15.id AS id
      FROM books AS m15
      WHERE true
      ORDER BY m15.id ASC
    ) AS m16
  ) AS f8,
  (
    SELECT string_agg('{"id":' || CAST(m18.id AS TEXT) || '}', ',') AS row_texts_10
    FROM (
      SELECT m17.id AS id
      FROM books AS m17
      ORDER BY m17.id ASC
    ) AS m18
  ) AS f9,
  (
    SELECT string_agg('{"id":' || CAST(m19.id AS TEXT) || '}', ',') AS row_texts_11
    FROM books AS m19
    WHERE m19.id = any($1::INTEGER[])
  ) AS f10,
  (
    SELECT string_agg('{"id":' || CAST(m21.id AS TEXT) || '}', ',') AS row_texts_12
    FROM (
      SELECT m20.id AS id
      FROM books AS m20
      WHERE m20.id != all($2::INTEGER[])
      ORDER BY m20.id ASC
    ) AS m21
  ) AS f11,
  (
    SELECT string_agg('{"id":' || CAST(m24.id AS TEXT) || '}', ',') AS row_texts_13
    FROM (
      SELECT m22.id AS id
      FROM books AS m22
      WHERE EXISTS (
        SELECT 1
        FROM authors AS m23
        WHERE m22.author_id = m23.id
      )
      ORDER BY m22.id ASC
    ) AS m24
  ) AS f12,
  (
    SELECT string_agg('{"id":' || CAST(m26.id AS TEXT) || '}', ',') AS row_texts_14
    FROM (
      SELECT m25.id AS id
      FROM books AS m25
      ORDER BY m25.id ASC
    ) AS m26
  ) AS f13
