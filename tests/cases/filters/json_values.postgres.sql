SELECT (
  SELECT string_agg('{"id":' || CAST(m1.id AS TEXT) || '}', ',') AS row_texts_1
  FROM books AS m1
  WHERE m1.details @> CAST($1::VARCHAR AS JSONB)
) AS f0,
  (
    SELECT string_agg('{"id":' || CAST(m3.id AS TEXT) || '}', ',') AS row_texts_2
    FROM (
      SELECT m2.id AS id
      FROM books AS m2
      WHERE m2.details <@ CAST($2::VARCHAR AS JSONB)
      ORDER BY m2.id ASC
    ) AS m3
  ) AS f1,
  (
    SELECT string_agg('{"id":' || CAST(m4.id AS TEXT) || '}', ',') AS row_texts_3
    FROM books AS m4
    WHERE m4.details = CAST($3::VARCHAR AS JSONB)
  ) AS f2,
  (
    SELECT string_agg('{"id":' || CAST(m6.id AS TEXT) || '}', ',') AS row_texts_4
    FROM (
      SELECT m5.id AS id
      FROM books AS m5
      WHERE to_jsonb(m5.details) IN (
        SELECT item
        FROM jsonb_array_elements(CAST($4::VARCHAR AS JSONB)) AS item
      )
      ORDER BY m5.id ASC
    ) AS m6
  ) AS f3,
  (
    SELECT string_agg('{"id":' || CAST(m7.id AS TEXT) || '}', ',') AS row_texts_5
    FROM books AS m7
    WHERE m7.details @> CAST($5::VARCHAR AS JSONB)
  ) AS f4,
  (
    SELECT string_agg('{"id":' || CAST(m8.id AS TEXT) || '}', ',') AS row_texts_6
    FROM books AS m8
    WHERE (CAST(m8.details AS TEXT) LIKE $6::VARCHAR) AND (CAST(m8.details AS TEXT) <> $7::VARCHAR)
  ) AS f5,
  (
    SELECT string_agg('{"id":' || CAST(m10.id AS TEXT) || '}', ',') AS row_texts_7
    FROM (
      SELECT m9.id AS id
      FROM books AS m9
      WHERE m9.details > CAST($8::VARCHAR AS JSONB)
      ORDER BY m9.id ASC
    ) AS m10
  ) AS f6
