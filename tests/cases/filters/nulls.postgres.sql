SELECT (
  SELECT string_agg('{"id":' || CAST(m2.id AS TEXT) || '}', ',') AS row_texts_1
  FROM (
    SELECT m1.id AS id
    FROM books AS m1
    WHERE m1.subtitle IS NULL
    ORDER BY m1.id ASC
  ) AS m2
) AS f0,
  (
    SELECT string_agg('{"id":' || CAST(m4.id AS TEXT) || '}', ',') AS row_texts_2
    FROM (
      SELECT m3.id AS id
      FROM books AS m3
      WHERE m3.subtitle IS NOT NULL
      ORDER BY m3.id ASC
    ) AS m4
  ) AS f1,
  (
    SELECT string_agg('{"id":' || CAST(m6.id AS TEXT) || '}', ',') AS row_texts_3
    FROM (
      SELECT m5.id AS id
      FROM authors AS m5
      WHERE NOT (m5.born = $1::INTEGER)
      ORDER BY m5.id ASC
    ) AS m6
  ) AS f2,
  (
    SELECT string_agg('{"id":' || CAST(m8.id AS TEXT) || '}', ',') AS row_texts_4
    FROM (
      SELECT m7.id AS id
      FROM authors AS m7
      WHERE m7.born <> $2::INTEGER
      ORDER BY m7.id ASC
    ) AS m8
  ) AS f3,
  (
    SELECT string_agg('{"id":' || CAST(m10.id AS TEXT) || '}', ',') AS row_texts_5
    FROM (
      SELECT m9.id AS id
      FROM authors AS m9
      WHERE m9.born != all($3::INTEGER[])
      ORDER BY m9.id ASC
    ) AS m10
  ) AS f4,
  (
    SELECT string_agg('{"id":' || CAST(m11.id AS TEXT) || '}', ',') AS row_texts_6
    FROM books AS m11
    WHERE m11.details IS NULL
  ) AS f5,
  (
    SELECT string_agg('{"id":' || CAST(m12.id AS TEXT) || '}', ',') AS row_texts_7
    FROM books AS m12
    WHERE m12.tags IS NULL
  ) AS f6
