SELECT (
  SELECT string_agg('{"id":' || CAST(m2.id AS TEXT) || '}', ',') AS row_texts_1
  FROM (
    SELECT m1.id AS id
    FROM books AS m1
    WHERE m1.tags @> $1::VARCHAR[]
    ORDER BY m1.id ASC
  ) AS m2
) AS f0,
  (
    SELECT string_agg('{"id":' || CAST(m4.id AS TEXT) || '}', ',') AS row_texts_2
    FROM (
      SELECT m3.id AS id
      FROM books AS m3
      WHERE m3.tags <@ $2::VARCHAR[]
      ORDER BY m3.id ASC
    ) AS m4
  ) AS f1,
  (
    SELECT string_agg('{"id":' || CAST(m5.id AS TEXT) || '}', ',') AS row_texts_3
    FROM books AS m5
    WHERE m5.tags = $3::VARCHAR[]
  ) AS f2,
  (
    SELECT string_agg('{"id":' || CAST(m6.id AS TEXT) || '}', ',') AS row_texts_4
    FROM books AS m6
    WHERE m6.tags = $4::VARCHAR[]
  ) AS f3,
  (
    SELECT string_agg('{"id":' || CAST(m8.id AS TEXT) || '}', ',') AS row_texts_5
    FROM (
      SELECT m7.id AS id
      FROM books AS m7
      WHERE m7.tags <> $5::VARCHAR[]
      ORDER BY m7.id ASC
    ) AS m8
  ) AS f4,
  (
    SELECT string_agg('{"id":' || CAST(m9.id AS TEXT) || '}', ',') AS row_texts_6
    FROM books AS m9
    WHERE m9.tags = $6::VARCHAR[]
  ) AS f5,
  (
    SELECT string_agg('{"id":' || CAST(m11.id AS TEXT) || '}', ',') AS row_texts_7
    FROM (
      SELECT m10.id AS id
      FROM books AS m10
      WHERE to_jsonb(m10.tags) IN (
        SELECT item
        FROM jsonb_array_elements(CAST($7::VARCHAR AS JSONB)) AS item
      )
      ORDER BY m10.id ASC
    ) AS m11
  ) AS f6,
  (
    SELECT string_agg('{"id":' || CAST(m13.id AS TEXT) || '}', ',') AS row_texts_8
    FROM (
      SELECT m12.id AS id
      FROM books AS m12
      WHERE (
        to_jsonb(m12.tags) NOT IN (
          SELECT item
          FROM jsonb_array_elements(CAST($8::VARCHAR AS JSONB)) AS item
        )
      )
      ORDER BY m12.id ASC
    ) AS m13
  ) AS f7,
  (
    SELECT string_agg('{"id":' || CAST(m14.id AS TEXT) || '}', ',') AS row_texts_9
    FROM books AS m14
    WHERE m14.tags @> $9::VARCHAR[]
  ) AS f8,
  (
    SELECT string_agg('{"id":' || CAST(m15.id AS TEXT) || '}', ',') AS row_texts_10
    FROM books AS m15
    WHERE m15.tags @> $10::VARCHAR[]
  ) AS f9,
  (
    SELECT string_agg('{"id":' || CAST(m17.id AS TEXT) || '}', ',') AS row_texts_11
    FROM (
      SELECT m16.id AS id
      FROM books AS m16
      WHERE m16.tags @> $11::VARCHAR[]
      ORDER BY m16.id ASC
    ) AS m17
  ) AS f10
