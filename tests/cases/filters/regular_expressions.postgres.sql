SELECT (
  SELECT string_agg('{"title":' || CAST(to_json(m2.title) AS TEXT) || '}', ',') AS row_texts_1
  FROM (
    SELECT m1.title AS title, m1.id AS order_1
    FROM books AS m1
    WHERE m1.title SIMILAR TO $1::VARCHAR
    ORDER BY m1.id ASC
  ) AS m2
) AS f0,
  (
    SELECT string_agg('{"title":' || CAST(to_json(m4.title) AS TEXT) || '}', ',') AS row_texts_2
    FROM (
      SELECT m3.title AS title, m3.id AS order_1
      FROM books AS m3
      WHERE m3.title NOT SIMILAR TO $2::VARCHAR
      ORDER BY m3.id ASC
    ) AS m4
  ) AS f1,
  (
    SELECT string_agg('{"title":' || CAST(to_json(m6.title) AS TEXT) || '}', ',') AS row_texts_3
    FROM (
      SELECT m5.title AS title, m5.id AS order_1
      FROM books AS m5
      WHERE m5.title ~ $3::VARCHAR
      ORDER BY m5.id ASC
    ) AS m6
  ) AS f2,
  (
    SELECT string_agg('{"title":' || CAST(to_json(m8.title) AS TEXT) || '}', ',') AS row_texts_4
    FROM (
      SELECT m7.title AS title, m7.id AS order_1
      FROM books AS m7
      WHERE m7.title !~ $4::VARCHAR
      ORDER BY m7.id ASC
    ) AS m8
  ) AS f3,
  (
    SELECT string_agg('{"title":' || CAST(to_json(m10.title) AS TEXT) || '}', ',') AS row_texts_5
    FROM (
      SELECT m9.title AS title, m9.id AS order_1
      FROM books AS m9
      WHERE m9.title ~* $5::VARCHAR
      ORDER BY m9.id ASC
    ) AS m10
  ) AS f4,
  (
    SELECT string_agg('{"title":' || CAST(to_json(m12.title) AS TEXT) || '}', ',') AS row_texts_6
    FROM (
      SELECT m11.title AS title, m11.id AS order_1
      FROM books AS m11
      WHERE m11.title !~* $6::VARCHAR
      ORDER BY m11.id ASC
    ) AS m12
  ) AS f5
