SELECT (
  SELECT string_agg('{"genre":' || CAST(to_json(m2.genre) AS TEXT) || '}', ',') AS row_texts_1
  FROM (
    SELECT m1.genre AS genre, m1.id AS order_1
    FROM books AS m1
    WHERE m1.genre = CAST($1::VARCHAR AS VARCHAR(64))
    ORDER BY m1.id ASC
  ) AS m2
) AS f0,
  (
    SELECT string_agg('{"genre":' || CAST(to_json(m4.genre) AS TEXT) || '}', ',') AS row_texts_2
    FROM (
      SELECT m3.genre AS genre, m3.id AS order_1
      FROM books AS m3
      WHERE m3.genre <> CAST($2::VARCHAR AS VARCHAR(64))
      ORDER BY m3.id ASC
    ) AS m4
  ) AS f1,
  (
    SELECT string_agg('{"genre":' || CAST(to_json(m6.genre) AS TEXT) || '}', ',') AS row_texts_3
    FROM (
      SELECT m5.genre AS genre, m5.id AS order_1
      FROM books AS m5
      WHERE m5.genre = any(CAST($3::VARCHAR[] AS VARCHAR(64)[]))
      ORDER BY m5.id ASC
    ) AS m6
  ) AS f2,
  (
    SELECT string_agg('{"genre":' || CAST(to_json(m8.genre) AS TEXT) || '}', ',') AS row_texts_4
    FROM (
      SELECT m7.genre AS genre, m7.id AS order_1
      FROM books AS m7
      WHERE m7.genre = CAST($4::VARCHAR AS VARCHAR(64))
      ORDER BY m7.id ASC
    ) AS m8
  ) AS f3,
  (
    SELECT string_agg('{"genre":' || CAST(to_json(m10.genre) AS TEXT) || '}', ',') AS row_texts_5
    FROM (
      SELECT m9.genre AS genre, m9.id AS order_1
      FROM books AS m9
      WHERE m9.genre != all(CAST($5::VARCHAR[] AS VARCHAR(64)[]))
      ORDER BY m9.id ASC
    ) AS m10
  ) AS f4,
  (
    SELECT string_agg('{"inPrint":' || CAST(m12.in_print AS TEXT) || '}', ',') AS row_texts_6
    FROM (
      SELECT m11.in_print AS in_print, m11.id AS order_1
      FROM books AS m11
      WHERE m11.in_print = $6::BOOLEAN
      ORDER BY m11.id ASC
    ) AS m12
  ) AS f5,
  (
    SELECT string_agg('{"inPrint":' || CAST(m14.in_print AS TEXT) || '}', ',') AS row_texts_7
    FROM (
      SELECT m13.in_print AS in_print, m13.id AS order_1
      FROM books AS m13
      WHERE m13.in_print = any($7::BOOLEAN[])
      ORDER BY m13.id ASC
    ) AS m14
  ) AS f6,
  (
    SELECT string_agg('{"inPrint":' || CAST(m16.in_print AS TEXT) || '}', ',') AS row_texts_8
    FROM (
      SELECT m15.in_print AS in_print, m15.id AS order_1
      FROM books AS m15
      WHERE m15.in_print < $8::BOOLEAN
      ORDER BY m15.id ASC
    ) AS m16
  ) AS f7
