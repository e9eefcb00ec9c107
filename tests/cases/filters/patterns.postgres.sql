SELECT (
  SELECT string_agg('{"title":' || CAST(to_json(m2.title) AS TEXT) || '}', ',') AS row_texts_1
  FROM (
    SELECT m1.title AS title, m1.id AS order_1
    FROM books AS m1
    WHERE m1.title LIKE $1::VARCHAR
    ORDER BY m1.id ASC
  ) AS m2
) AS f0,
  (
    SELECT string_agg('{"title":' || CAST(to_json(m4.title) AS TEXT) || '}', ',') AS row_texts_2
    FROM (
      SELECT m3.title AS title, m3.id AS order_1
      FROM books AS m3
      WHERE m3.title LIKE $2::VARCHAR
      ORDER BY m3.id ASC
    ) AS m4
  ) AS f1,
  (
    SELECT string_agg('{"title":' || CAST(to_json(m6.title) AS TEXT) || '}', ',') AS row_texts_3
    FROM (
      SELECT m5.title AS title, m5.id AS order_1
      FROM books AS m5
      WHERE m5.title LIKE $3::VARCHAR
      ORDER BY m5.id ASC
    ) AS m6
  ) AS f2,
  (
    SELECT string_agg('{"title":' || CAST(to_json(m8.title) AS TEXT) || '}', ',') AS row_texts_4
    FROM (
      SELECT m7.title AS title, m7.id AS order_1
      FROM books AS m7
      WHERE m7.title ILIKE $4::VARCHAR
      ORDER BY m7.id ASC
    ) AS m8
  ) AS f3,
  (
    SELECT string_agg('{"title":' || CAST(to_json(m10.title) AS TEXT) || '}', ',') AS row_texts_5
    FROM (
      SELECT m9.title AS title, m9.id AS order_1
      FROM books AS m9
      WHERE m9.title NOT LIKE $5::VARCHAR
      ORDER BY m9.id ASC
    ) AS m10
  ) AS f4,
  (
    SELECT string_agg('{"title":' || CAST(to_json(m12.title) AS TEXT) || '}', ',') AS row_texts_6
    FROM (
      SELECT m11.title AS title, m11.id AS order_1
      FROM books AS m11
      WHERE m11.title NOT ILIKE $6::VARCHAR
      ORDER BY m11.id ASC
    ) AS m12
  ) AS f5,
  (
    SELECT string_agg(
      '{"subtitle":' || coalesce(CAST(to_json(m13.subtitle) AS TEXT), 'null') || '}', ','
    ) AS row_texts_7
    FROM books AS m13
    WHERE m13.subtitle LIKE $7::VARCHAR
  ) AS f6,
  (
    SELECT string_agg(
      '{"subtitle":' || coalesce(CAST(to_json(m14.subtitle) AS TEXT), 'null') || '}', ','
    ) AS row_texts_8
    FROM books AS m14
    WHERE m14.subtitle LIKE $8::VARCHAR
  ) AS f7,
  (
    SELECT string_agg('{"title":' || CAST(to_json(m15.title) AS TEXT) || '}', ',') AS row_texts_9
    FROM books AS m15
    WHERE m15.title LIKE $9::VARCHAR
  ) AS f8,
  (
    SELECT string_agg(
      '{"subtitle":' || coalesce(CAST(to_json(m17.subtitle) AS TEXT), 'null') || '}', ','
    ) AS row_texts_10
    FROM (
      SELECT m16.subtitle AS subtitle, m16.id AS order_1
      FROM books AS m16
      WHERE m16.subtitle NOT LIKE $10::VARCHAR
      ORDER BY m16.id ASC
    ) AS m17
  ) AS f9,
  (
    SELECT string_agg('{"name":' || CAST(to_json(m18.name) AS TEXT) || '}', ',') AS row_texts_11
    FROM authors AS m18
    WHERE m18.name LIKE $11::VARCHAR
  ) AS f10
