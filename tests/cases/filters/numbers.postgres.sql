SELECT (
  SELECT string_agg('{"pages":' || CAST(m2.pages AS TEXT) || '}', ',') AS row_texts_1
  FROM (
    SELECT m1.pages AS pages, m1.id AS order_1
    FROM books AS m1
    WHERE (m1.pages > $1::INTEGER) AND (m1.pages <= $2::INTEGER)
    ORDER BY m1.id ASC
  ) AS m2
) AS f0,
  (
    SELECT string_agg('{"id":' || CAST(m4.id AS TEXT) || '}', ',') AS row_texts_2
    FROM (
      SELECT m3.id AS id
      FROM books AS m3
      WHERE m3.pages = $3::INTEGER
      ORDER BY m3.id ASC
    ) AS m4
  ) AS f1,
  (
    SELECT string_agg('{"id":' || CAST(m6.id AS TEXT) || '}', ',') AS row_texts_3
    FROM (
      SELECT m5.id AS id
      FROM books AS m5
      WHERE m5.pages = any($4::INTEGER[])
      ORDER BY m5.id ASC
    ) AS m6
  ) AS f2,
  (
    SELECT string_agg('{"price":' || CAST(to_json(m7.price) AS TEXT) || '}', ',') AS row_texts_4
    FROM books AS m7
    WHERE m7.price = CAST($5::VARCHAR AS NUMERIC)
  ) AS f3,
  (
    SELECT string_agg('{"price":' || CAST(to_json(m9.price) AS TEXT) || '}', ',') AS row_texts_5
    FROM (
      SELECT m8.price AS price, m8.id AS order_1
      FROM books AS m8
      WHERE m8.price >= CAST($6::VARCHAR AS NUMERIC)
      ORDER BY m8.id ASC
    ) AS m9
  ) AS f4,
  (
    SELECT string_agg('{"price":' || CAST(to_json(m11.price) AS TEXT) || '}', ',') AS row_texts_6
    FROM (
      SELECT m10.price AS price, m10.id AS order_1
      FROM books AS m10
      WHERE m10.price = any(CAST($7::VARCHAR[] AS NUMERIC[]))
      ORDER BY m10.id ASC
    ) AS m11
  ) AS f5,
  (
    SELECT string_agg(
      '{"rating":' || coalesce(CAST(to_json(m12.rating) AS TEXT), 'null') || '}', ','
    ) AS row_texts_7
    FROM books AS m12
    WHERE m12.rating = $8::FLOAT
  ) AS f6,
  (
    SELECT string_agg(
      '{"rating":' || coalesce(CAST(to_json(m14.rating) AS TEXT), 'null') || '}', ','
    ) AS row_texts_8
    FROM (
      SELECT m13.rating AS rating, m13.id AS order_1
      FROM books AS m13
      WHERE m13.rating > $9::FLOAT
      ORDER BY m13.id ASC
    ) AS m14
  ) AS f7,
  (
    SELECT string_agg('{"born":' || coalesce(CAST(m16.born AS TEXT), 'null') || '}', ',') AS row_texts_9
    FROM (
      SELECT m15.born AS born, m15.id AS order_1
      FROM authors AS m15
      WHERE m15.born > $10::INTEGER
      ORDER BY m15.id ASC
    ) AS m16
  ) AS f8
