SELECT (
  SELECT string_agg(
    '{"id":' || CAST(m2.id AS TEXT) || ',"name":' || CAST(to_json(m2.name) AS TEXT) || '}', ','
  ) AS row_texts_1
  FROM (
    SELECT m1.id AS id, m1.name AS name
    FROM customers AS m1
    WHERE m1.org = $1::VARCHAR
    ORDER BY m1.id ASC
    LIMIT 2
  ) AS m2
) AS f0,
  (
    SELECT string_agg(
      '{"id":' || CAST(m4.id AS TEXT) || ',"state":' || CAST(to_json(m4.state) AS TEXT) || '}', ','
    ) AS row_texts_2
    FROM (
      SELECT m3.id AS id, m3.state AS state
      FROM orders AS m3
      WHERE m3.state != $2::VARCHAR AND m3.org = $3::VARCHAR
      ORDER BY m3.id ASC
    ) AS m4
  ) AS f1,
  (
    SELECT string_agg('{"id":' || CAST(m6.id AS TEXT) || '}', ',') AS row_texts_3
    FROM (
      SELECT m5.id AS id
      FROM lines AS m5
      WHERE NOT m5.hidden
      ORDER BY m5.id ASC
    ) AS m6
  ) AS f2,
  (
    SELECT '{"id":' || CAST(m7.id AS TEXT) || '}' AS joined_1
    FROM orders AS m7
    WHERE m7.id = $4::INTEGER AND m7.state != $5::VARCHAR AND m7.org = $6::VARCHAR
  ) AS f3,
  (
    SELECT '{"id":' || CAST(m8.id AS TEXT) || '}' AS joined_2
    FROM orders AS m8
    WHERE m8.id = $7::INTEGER AND m8.state != $8::VARCHAR AND m8.org = $9::VARCHAR
  ) AS f4,
  (
    SELECT '{"id":' || CAST(m9.id AS TEXT) || '}' AS joined_3
    FROM orders AS m9
    WHERE m9.id = $10::INTEGER AND m9.state != $11::VARCHAR AND m9.org = $12::VARCHAR
  ) AS f5
