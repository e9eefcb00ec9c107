SELECT (
  SELECT string_agg(
    '{"id":'
      || CAST(m2.id AS TEXT)
      || ',"name":'
      || CAST(to_json(m2.name) AS TEXT)
      || ',"email":'
      || coalesce(CAST(to_json(m2.email__shown) AS TEXT), 'null')
      || ',"limit":'
      || coalesce(CAST(m2.limit__shown AS TEXT), 'null')
      || '}',
    ','
  ) AS row_texts_1
  FROM (
    SELECT m1.id AS id, m1.name AS name,
      CASE
        WHEN (
          EXISTS (
            SELECT 1
            FROM orders
            WHERE m1.id = orders.customer_id AND orders.seller_id = $1::INTEGER
          )
        )
          THEN m1.email
      END AS email__shown,
      CASE
        WHEN (
          EXISTS (
            SELECT 1
            FROM orders
            WHERE m1.id = orders.customer_id AND orders.seller_id = $1::INTEGER
          )
        )
          THEN m1."limit"
      END AS limit__shown
    FROM customers AS m1
    WHERE m1.org = $2::VARCHAR
    ORDER BY m1.id ASC
  ) AS m2
) AS f0,
  (
    SELECT string_agg(
      '{"id":'
        || CAST(m4.id AS TEXT)
        || ',"limit":'
        || coalesce(CAST(m4.limit__shown AS TEXT), 'null')
        || '}',
      ','
    ) AS row_texts_2
    FROM (
      SELECT m3.id AS id,
        CASE
          WHEN (
            EXISTS (
              SELECT 1
              FROM orders
              WHERE m3.id = orders.customer_id AND orders.seller_id = $3::INTEGER
            )
          )
            THEN m3."limit"
        END AS limit__shown,
        CASE
          WHEN (
            EXISTS (
              SELECT 1
              FROM orders
              WHERE m3.id = orders.customer_id AND orders.seller_id = $3::INTEGER
            )
          )
            THEN m3."limit"
        END AS order_1
      FROM customers AS m3
      WHERE m3.org = $4::VARCHAR
      ORDER BY CASE
        WHEN (
          EXISTS (
            SELECT 1
            FROM orders
            WHERE m3.id = orders.customer_id AND orders.seller_id = $3::INTEGER
          )
        )
          THEN m3."limit"
      END ASC,
        m3.id ASC
    ) AS m4
  ) AS f1,
  (
    SELECT string_agg('{"id":' || CAST(m5.id AS TEXT) || '}', ',') AS row_texts_3
    FROM customers AS m5
    WHERE m5.org = $5::VARCHAR
      AND (
        CASE
          WHEN (
            EXISTS (
              SELECT 1
              FROM orders
              WHERE m5.id = orders.customer_id AND orders.seller_id = $6::INTEGER
            )
          )
            THEN m5.email
        END = $7::VARCHAR
      )
  ) AS f2,
  (
    SELECT string_agg('{"id":' || CAST(m7.id AS TEXT) || '}', ',') AS row_texts_4
    FROM (
      SELECT m6.id AS id
      FROM customers AS m6
      WHERE m6.org = $8::VARCHAR
        AND CASE
          WHEN (
            EXISTS (
              SELECT 1
              FROM orders
              WHERE m6.id = orders.customer_id AND orders.seller_id = $9::INTEGER
            )
          )
            THEN m6.email
        END IS NULL
      ORDER BY m6.id ASC
    ) AS m7
  ) AS f3,
  (
    SELECT '{"aggregate":{"count":'
      || CAST(count(m9.email__shown) AS TEXT)
      || ',"max":{"limit":'
      || coalesce(CAST(max(m9.limit__shown) AS TEXT), 'null')
      || '}},"nodes":['
      || coalesce(
        string_agg(
          '{"id":'
            || CAST(m9.id AS TEXT)
            || ',"email":'
            || coalesce(CAST(to_json(m9.email__shown) AS TEXT), 'null')
            || '}',
          ','
          ORDER BY m9.id ASC
        ),
        ''
      )
      || ']}' AS joined_1
    FROM (
      SELECT m8.id AS id,
        CASE
          WHEN (
            EXISTS (
              SELECT 1
              FROM orders
              WHERE m8.id = orders.customer_id AND orders.seller_id = $10::INTEGER
            )
          )
            THEN m8.email
        END AS email__shown,
        CASE
          WHEN (
            EXISTS (
              SELECT 1
              FROM orders
              WHERE m8.id = orders.customer_id AND orders.seller_id = $10::INTEGER
            )
          )
            THEN m8."limit"
        END AS limit__shown
      FROM customers AS m8
      WHERE m8.org = $11::VARCHAR
      ORDER BY m8.id ASC
    ) AS m9
  ) AS f4,
  (
    SELECT '{"nodes":['
      || coalesce(
        array_to_string(
          (
            array_agg(
              '{"id":'
                || CAST(m11.id AS TEXT)
                || ',"email":'
                || coalesce(CAST(to_json(m11.email__shown) AS TEXT), 'null')
                || '}'
            )
          ) [1 : 2],
          ','
        ),
        ''
      )
      || ']}' AS joined_2
    FROM (
      SELECT m10.id AS id,
        CASE
          WHEN (
            EXISTS (
              SELECT 1
              FROM orders
              WHERE m10.id = orders.customer_id AND orders.seller_id = $12::INTEGER
            )
          )
            THEN m10.email
        END AS email__shown,
        CASE
          WHEN (
            EXISTS (
              SELECT 1
              FROM orders
              WHERE m10.id = orders.customer_id AND orders.seller_id = $12::INTEGER
            )
          )
            THEN m10.email
        END AS order_1
      FROM customers AS m10
      WHERE m10.org = $13::VARCHAR
      ORDER BY CASE
        WHEN (
          EXISTS (
            SELECT 1
            FROM orders
            WHERE m10.id = orders.customer_id AND orders.seller_id = $12::INTEGER
          )
        )
          THEN m10.email
      END DESC,
        m10.id ASC
      LIMIT 3
    ) AS m11
  ) AS f5
