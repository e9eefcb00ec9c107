SELECT (
  SELECT string_agg('{"id":' || CAST(m2.id AS TEXT) || '}', ',') AS row_texts_1
  FROM (
    SELECT m1.id AS id
    FROM customers AS m1
    WHERE m1.org = $1::VARCHAR
    ORDER BY m1.id ASC
  ) AS m2
) AS f0,
  (
    SELECT string_agg('{"id":' || CAST(m4.id AS TEXT) || '}', ',') AS row_texts_2
    FROM (
      SELECT m3.id AS id
      FROM orders AS m3
      WHERE (m3.state != $2::VARCHAR OR m3.seller_id = $3::INTEGER) AND m3.org = $4::VARCHAR
      ORDER BY m3.id ASC
    ) AS m4
  ) AS f1,
  (
    SELECT '{"id":' || CAST(m5.id AS TEXT) || '}' AS joined_1
    FROM orders AS m5
    WHERE m5.id = $5::INTEGER
      AND (m5.state != $6::VARCHAR OR m5.seller_id = $7::INTEGER)
      AND m5.org = $8::VARCHAR
  ) AS f2,
  (
    SELECT string_agg(
      '{"id":'
        || CAST(m7.id AS TEXT)
        || ',"orders":['
        || coalesce(
          (
            SELECT string_agg('{"id":' || CAST(m9.id AS TEXT) || '}', ',') AS row_texts_4
            FROM (
              SELECT m8.id AS id
              FROM orders AS m8
              WHERE m7.id = m8.seller_id
                AND (m8.state != $9::VARCHAR OR m8.seller_id = $10::INTEGER)
                AND m8.org = $11::VARCHAR
              ORDER BY m8.id ASC
            ) AS m9
          ),
          ''
        )
        || ']}',
      ','
    ) AS row_texts_3
    FROM (
      SELECT m6.id AS id
      FROM users AS m6
      ORDER BY m6.id ASC
    ) AS m7
  ) AS f3
