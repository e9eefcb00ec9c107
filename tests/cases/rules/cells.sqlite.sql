SELECT (
  SELECT group_concat(
    '{"id":'
      || CAST(m2.id AS TEXT)
      || ',"name":'
      || json_quote(m2.name)
      || ',"email":'
      || json_quote(m2.email__shown)
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
            WHERE m1.id = orders.customer_id AND orders.seller_id = ?
          )
        )
          THEN m1.email
      END AS email__shown,
      CASE
        WHEN (
          EXISTS (
            SELECT 1
            FROM orders
            WHERE m1.id = orders.customer_id AND orders.seller_id = ?
          )
        )
          THEN m1."limit"
      END AS limit__shown
    FROM customers AS m1
    WHERE m1.org = ?
    ORDER BY m1.id ASC
  ) AS m2
) AS f0,
  (
    SELECT group_concat(
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
              WHERE m3.id = orders.customer_id AND orders.seller_id = ?
            )
          )
            THEN m3."limit"
        END AS limit__shown,
        CASE
          WHEN (
            EXISTS (
              SELECT 1
              FROM orders
              WHERE m3.id = orders.customer_id AND orders.seller_id = ?
            )
          )
            THEN m3."limit"
        END AS order_1
      FROM customers AS m3
      WHERE m3.org = ?
      ORDER BY CASE
        WHEN (
          EXISTS (
            SELECT 1
            FROM orders
            WHERE m3.id = orders.customer_id AND orders.seller_id = ?
          )
        )
          THEN m3."limit"
      END ASC NULLS LAST,
        m3.id ASC
    ) AS m4
  ) AS f1,
  (
    SELECT group_concat('{"id":' || CAST(m5.id AS TEXT) || '}', ',') AS row_texts_3
    FROM customers AS m5
    WHERE m5.org = ?
      AND (
        CASE
          WHEN (
            EXISTS (
              SELECT 1
              FROM orders
              WHERE m5.id = orders.customer_id AND orders.seller_id = ?
            )
          )
            THEN m5.email
        END = ?
      )
  ) AS f2,
  (
    SELECT group_concat('{"id":' || CAST(m7.id AS TEXT) || '}', ',') AS row_texts_4
    FROM (
      SELECT m6.id AS id
      FROM customers AS m6
      WHERE m6.org = ?
        AND CASE
          WHEN (
            EXISTS (
              SELECT 1
              FROM orders
              WHERE m6.id = orders.customer_id AND orders.seller_id = ?
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
        group_concat(
          '{"id":' || CAST(m9.id AS TEXT) || ',"email":' || json_quote(m9.email__shown) || '}', ','
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
              WHERE m8.id = orders.customer_id AND orders.seller_id = ?
            )
          )
            THEN m8.email
        END AS email__shown,
        CASE
          WHEN (
            EXISTS (
              SELECT 1
              FROM orders
              WHERE m8.id = orders.customer_id AND orders.seller_id = ?
            )
          )
            THEN m8."limit"
        END AS limit__shown
      FROM customers AS m8
      WHERE m8.org = ?
      ORDER BY m8.id ASC
    ) AS m9
  ) AS f4,
  (
    SELECT '{"nodes":['
      || coalesce(
        group_concat(
          '{"id":' || CAST(m12.id AS TEXT) || ',"email":' || json_quote(m12.email__shown) || '}', ','
        ) FILTER(WHERE m12.place <= 2),
        ''
      )
      || ']}' AS joined_2
    FROM (
      SELECT m11.id AS id, m11.email__shown AS email__shown, m11.order_1 AS order_1,
        row_number() OVER (ORDER BY m11.order_1 DESC NULLS FIRST, m11.id ASC) AS place,
        count(*) OVER () AS found
      FROM (
        SELECT m10.id AS id,
          CASE
            WHEN (
              EXISTS (
                SELECT 1
                FROM orders
                WHERE m10.id = orders.customer_id AND orders.seller_id = ?
              )
            )
              THEN m10.email
          END AS email__shown,
          CASE
            WHEN (
              EXISTS (
                SELECT 1
                FROM orders
                WHERE m10.id = orders.customer_id AND orders.seller_id = ?
              )
            )
              THEN m10.email
          END AS order_1
        FROM customers AS m10
        WHERE m10.org = ?
        ORDER BY CASE
          WHEN (
            EXISTS (
              SELECT 1
              FROM orders
              WHERE m10.id = orders.customer_id AND orders.seller_id = ?
            )
          )
            THEN m10.email
        END DESC NULLS FIRST,
          m10.id ASC
        LIMIT 3
        OFFSET ?
      ) AS m11
      ORDER BY place
    ) AS m12
  ) AS f5
