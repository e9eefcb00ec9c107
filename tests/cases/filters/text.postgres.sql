SELECT (
  SELECT string_agg('{"title":' || CAST(to_json(m1.title) AS TEXT) || '}', ',') AS row_texts_1
  FROM books AS m1
  WHERE m1.title = $1::VARCHAR
) AS f0,
  (
    SELECT string_agg('{"title":' || CAST(to_json(m3.title) AS TEXT) || '}', ',') AS row_texts_2
    FROM (
      SELECT m2.title AS title, m2.id AS order_1
      FROM books AS m2
      WHERE m2.title <> $2::VARCHAR
      ORDER BY m2.id ASC
    ) AS m3
  ) AS f1,
  (
    SELECT string_agg('{"title":' || CAST(to_json(m5.title) AS TEXT) || '}', ',') AS row_texts_3
    FROM (
      SELECT m4.title AS title, m4.id AS order_1
      FROM books AS m4
      WHERE m4.title > $3::VARCHAR
      ORDER BY m4.id ASC
    ) AS m5
  ) AS f2,
  (
    SELECT string_agg('{"title":' || CAST(to_json(m7.title) AS TEXT) || '}', ',') AS row_texts_4
    FROM (
      SELECT m6.title AS title, m6.id AS order_1
      FROM books AS m6
      WHERE m6.title >= $4::VARCHAR
      ORDER BY m6.id ASC
    ) AS m7
  ) AS f3,
  (
    SELECT string_agg('{"title":' || CAST(to_json(m9.title) AS TEXT) || '}', ',') AS row_texts_5
    FROM (
      SELECT m8.title AS title, m8.id AS order_1
      FROM books AS m8
      WHERE m8.title < $5::VARCHAR
      ORDER BY m8.id ASC
    ) AS m9
  ) AS f4,
  (
    SELECT string_agg('{"title":' || CAST(to_json(m11.title) AS TEXT) || '}', ',') AS row_texts_6
    FROM (
      SELECT m10.title AS title, m10.id AS order_1
      FROM books AS m10
      WHERE m10.title <= $6::VARCHAR
      ORDER BY m10.id ASC
    ) AS m11
  ) AS f5,
  (
    SELECT string_agg('{"title":' || CAST(to_json(m13.title) AS TEXT) || '}', ',') AS row_texts_7
    FROM (
      SELECT m12.title AS title, m12.id AS order_1
      FROM books AS m12
      WHERE m12.title = any($7::VARCHAR[])
      ORDER BY m12.id ASC
    ) AS m13
  ) AS f6,
  (
    SELECT string_agg('{"title":' || CAST(to_json(m15.title) AS TEXT) || '}', ',') AS row_texts_8
    FROM (
      SELECT m14.title AS title, m14.id AS order_1
      FROM books AS m14
      WHERE m14.title != all($8::VARCHAR[])
      ORDER BY m14.id ASC
    ) AS m15
  ) AS f7,
  (
    SELECT string_agg('{"name":' || CAST(to_json(m16.name) AS TEXT) || '}', ',') AS row_texts_9
    FROM authors AS m16
    WHERE m16.name = $9::VARCHAR
  ) AS f8,
  (
    SELECT string_agg('{"name":' || CAST(to_json(m17.name) AS TEXT) || '}', ',') AS row_texts_10
    FROM authors AS m17
    WHERE m17.name = $10::VARCHAR
  ) AS f9
