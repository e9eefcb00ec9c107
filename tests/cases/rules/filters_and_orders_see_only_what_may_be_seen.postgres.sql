SELECT (
  SELECT string_agg('{"id":' || CAST(m3.id AS TEXT) || '}', ',') AS row_texts_1
  FROM (
    SELECT m1.id AS id
    FROM customers AS m1
    WHERE m1.org = $1::VARCHAR
      AND (
        EXISTS (
          SELECT 1
          FROM orders AS m2
          WHERE m1.id = m2.customer_id
            AND m2.state != $2::VARCHAR
            AND m2.org = $3::VARCHAR
            AND (m2.state = $4::VARCHAR)
        )
      )
    LIMIT 2
  ) AS m3
) AS f0,
  (
    SELECT string_agg('{"id":' || CAST(m6.id AS TEXT) || '}', ',') AS row_texts_2
    FROM (
      SELECT m4.id AS id
      FROM customers AS m4
      WHERE m4.org = $5::VARCHAR
        AND (
          (
            SELECT count(*) AS count_1
            FROM orders AS m5
            WHERE m4.id = m5.customer_id AND m5.state != $6::VARCHAR AND m5.org = $7::VARCHAR
          ) >= $8::INTEGER
        )
      LIMIT 2
    ) AS m6
  ) AS f1,
  (
    SELECT string_agg('{"id":' || CAST(m9.id AS TEXT) || '}', ',') AS row_texts_3
    FROM (
      SELECT m7.id AS id
      FROM customers AS m7
      WHERE m7.org = $9::VARCHAR
        AND NOT (
          EXISTS (
            SELECT 1
            FROM orders AS m8
            WHERE m7.id = m8.customer_id AND m8.state != $10::VARCHAR AND m8.org = $11::VARCHAR
          )
        )
      ORDER BY m7.id ASC
      LIMIT 2
    ) AS m9
  ) AS f2,
  (
    SELECT string_agg('{"id":' || CAST(m10.id AS TEXT) || '}', ',') AS row_texts_4
    FROM orders AS m10
    WHERE m10.state != $12::VARCHAR
      AND m10.org = $13::VARCHAR
      AND (
        EXISTS (
          SELECT 1
          FROM lines AS m11
          WHERE m10.id = m11.order_id AND NOT m11.hidden AND (m11.product = $14::VARCHAR)
        )
      )
  ) AS f3,
  (
    SELECT string_agg('{"id":' || CAST(m14.id AS TEXT) || '}', ',') AS row_texts_5
    FROM (
      SELECT m12.id AS id,
        (
          SELECT count(*) AS count_2
          FROM lines AS m13
          WHERE m12.id = m13.order_id AND NOT m13.hidden
        ) AS order_1
      FROM orders AS m12
      WHERE m12.state != $15::VARCHAR AND m12.org = $16::VARCHAR
      ORDER BY (
        SELECT count(*) AS count_2
        FROM lines AS m13
        WHERE m12.id = m13.order_id AND NOT m13.hidden
      ) DESC,
        m12.id ASC
    ) AS m14
  ) AS f4,
  (
    SELECT string_agg('{"id":' || CAST(m17.id AS TEXT) || '}', ',') AS row_texts_6
    FROM (
      SELECT m15.id AS id, m16.number AS order_1
      FROM lines AS m15
      LEFT OUTER JOIN orders AS m16 ON m15.order_id = m16.id
        AND m16.state != $17::VARCHAR
        AND m16.org = $18::VARCHAR
      WHERE NOT m15.hidden
      ORDER BY m16.number DESC NULLS LAST, m15.id ASC
    ) AS m17
  ) AS f5
