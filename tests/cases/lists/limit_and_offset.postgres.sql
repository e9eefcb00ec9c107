SELECT (
  SELECT string_agg('{"id":' || CAST(m2.id AS TEXT) || '}', ',') AS row_texts_1
  FROM (
    SELECT m1.id AS id
    FROM books AS m1
    ORDER BY m1.id ASC
    LIMIT 2
  ) AS m2
) AS f0,
  (
    SELECT string_agg('{"id":' || CAST(m4.id AS TEXT) || '}', ',') AS row_texts_2
    FROM (
      SELECT m3.id AS id
      FROM books AS m3
      ORDER BY m3.id ASC
      LIMIT 2
      OFFSET $1::BIGINT
    ) AS m4
  ) AS f1,
  (
    SELECT string_agg('{"id":' || CAST(m6.id AS TEXT) || '}', ',') AS row_texts_3
    FROM (
      SELECT m5.id AS id
      FROM books AS m5
      ORDER BY m5.id ASC
      LIMIT 2
      OFFSET $2::BIGINT
    ) AS m6
  ) AS f2,
  (
    SELECT string_agg('{"id":' || CAST(m8.id AS TEXT) || '}', ',') AS row_texts_4
    FROM (
      SELECT m7.id AS id
      FROM books AS m7
      ORDER BY m7.id ASC
      LIMIT ALL
      OFFSET $3::BIGINT
    ) AS m8
  ) AS f3,
  (
    SELECT string_agg('{"id":' || CAST(m10.id AS TEXT) || '}', ',') AS row_texts_5
    FROM (
      SELECT m9.id AS id
      FROM books AS m9
      LIMIT 0
    ) AS m10
  ) AS f4,
  (
    SELECT string_agg('{"id":' || CAST(m12.id AS TEXT) || '}', ',') AS row_texts_6
    FROM (
      SELECT m11.id AS id
      FROM books AS m11
      ORDER BY m11.id ASC
    ) AS m12
  ) AS f5
