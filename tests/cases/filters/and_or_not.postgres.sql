SELECT (
  SELECT string_agg('{"id":' || CAST(m2.id AS TEXT) || '}', ',') AS row_texts_1
  FROM (
    SELECT m1.id AS id
    FROM books AS m1
    WHERE (m1.pages > $1::INTEGER) AND (m1.in_print = $2::BOOLEAN)
    ORDER BY m1.id ASC
  ) AS m2
) AS f0,
  (
    SELECT string_agg('{"id":' || CAST(m4.id AS TEXT) || '}', ',') AS row_texts_2
    FROM (
      SELECT m3.id AS id
      FROM books AS m3
      WHERE (m3.pages < $3::INTEGER) OR (m3.title = $4::VARCHAR)
      ORDER BY m3.id ASC
    ) AS m4
  ) AS f1,
  (
    SELECT string_agg('{"id":' || CAST(m6.id AS TEXT) || '}', ',') AS row_texts_3
    FROM (
      SELECT m5.id AS id
      FROM books AS m5
      WHERE NOT (m5.in_print = $5::BOOLEAN)
      ORDER BY m5.id ASC
    ) AS m6
  ) AS f2,
  (
    SELECT string_agg('{"id":' || CAST(m7.id AS TEXT) || '}', ',') AS row_texts_4
    FROM books AS m7
    WHERE (m7.pages > $6::INTEGER)
      AND (m7.in_print = $7::BOOLEAN)
      AND ((m7.id = $8::INTEGER) OR (m7.id = $9::INTEGER))
  ) AS f3,
  (
    SELECT string_agg('{"id":' || CAST(m9.id AS TEXT) || '}', ',') AS row_texts_5
    FROM (
      SELECT m8.id AS id
      FROM books AS m8
      WHERE NOT (
        (m8.pages = $10::INTEGER) AND NOT (m8.genre = CAST($11::VARCHAR AS VARCHAR(64)))
          OR (m8.title LIKE $12::VARCHAR)
      )
      ORDER BY m8.id ASC
    ) AS m9
  ) AS f4,
  (
    SELECT string_agg('{"id":' || CAST(m10.id AS TEXT) || '}', ',') AS row_texts_6
    FROM books AS m10
    WHERE (m10.id = $13::INTEGER) AND (m10.id = $14::INTEGER)
  ) AS f5
