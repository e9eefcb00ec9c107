SELECT (
  SELECT string_agg(
    '{"id":' || CAST(m2.id AS TEXT) || ',"born":' || coalesce(CAST(m2.born AS TEXT), 'null') || '}', ','
  ) AS row_texts_1
  FROM (
    SELECT m1.id AS id, m1.born AS born
    FROM authors AS m1
    ORDER BY m1.born ASC, m1.id ASC
  ) AS m2
) AS f0,
  (
    SELECT string_agg('{"id":' || CAST(m4.id AS TEXT) || '}', ',') AS row_texts_2
    FROM (
      SELECT m3.id AS id, m3.born AS order_1
      FROM authors AS m3
      ORDER BY m3.born ASC NULLS FIRST, m3.id ASC
    ) AS m4
  ) AS f1,
  (
    SELECT string_agg('{"id":' || CAST(m6.id AS TEXT) || '}', ',') AS row_texts_3
    FROM (
      SELECT m5.id AS id, m5.born AS order_1
      FROM authors AS m5
      ORDER BY m5.born ASC, m5.id ASC
    ) AS m6
  ) AS f2,
  (
    SELECT string_agg('{"id":' || CAST(m8.id AS TEXT) || '}', ',') AS row_texts_4
    FROM (
      SELECT m7.id AS id, m7.born AS order_1
      FROM authors AS m7
      ORDER BY m7.born DESC, m7.id ASC
    ) AS m8
  ) AS f3,
  (
    SELECT string_agg('{"id":' || CAST(m10.id AS TEXT) || '}', ',') AS row_texts_5
    FROM (
      SELECT m9.id AS id, m9.born AS order_1
      FROM authors AS m9
      ORDER BY m9.born DESC, m9.id ASC
    ) AS m10
  ) AS f4,
  (
    SELECT string_agg('{"id":' || CAST(m12.id AS TEXT) || '}', ',') AS row_texts_6
    FROM (
      SELECT m11.id AS id, m11.born AS order_1
      FROM authors AS m11
      ORDER BY m11.born DESC NULLS LAST, m11.id ASC
    ) AS m12
  ) AS f5
