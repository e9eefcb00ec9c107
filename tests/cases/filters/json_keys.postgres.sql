SELECT (
  SELECT string_agg('{"id":' || CAST(m2.id AS TEXT) || '}', ',') AS row_texts_1
  FROM (
    SELECT m1.id AS id
    FROM books AS m1
    WHERE m1.details ? $1::VARCHAR
    ORDER BY m1.id ASC
  ) AS m2
) AS f0,
  (
    SELECT string_agg('{"id":' || CAST(m4.id AS TEXT) || '}', ',') AS row_texts_2
    FROM (
      SELECT m3.id AS id
      FROM books AS m3
      WHERE m3.details ?| $2::VARCHAR[]
      ORDER BY m3.id ASC
    ) AS m4
  ) AS f1,
  (
    SELECT string_agg('{"id":' || CAST(m6.id AS TEXT) || '}', ',') AS row_texts_3
    FROM (
      SELECT m5.id AS id
      FROM books AS m5
      WHERE m5.details ?& $3::VARCHAR[]
      ORDER BY m5.id ASC
    ) AS m6
  ) AS f2,
  (
    SELECT string_agg('{"id":' || CAST(m7.id AS TEXT) || '}', ',') AS row_texts_4
    FROM books AS m7
    WHERE m7.details ? $4::VARCHAR
  ) AS f3,
  (
    SELECT string_agg('{"id":' || CAST(m9.id AS TEXT) || '}', ',') AS row_texts_5
    FROM (
      SELECT m8.id AS id
      FROM books AS m8
      WHERE m8.details ?& $5::VARCHAR[]
      ORDER BY m8.id ASC
    ) AS m9
  ) AS f4,
  (
    SELECT string_agg('{"id":' || CAST(m10.id AS TEXT) || '}', ',') AS row_texts_6
    FROM books AS m10
    WHERE m10.details ?| $6::VARCHAR[]
  ) AS f5
