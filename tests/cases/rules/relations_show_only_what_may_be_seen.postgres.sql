SELECT (
  SELECT string_agg(
    '{"id":'
      || CAST(m2.id AS TEXT)
      || ',"orders":['
      || coalesce(
        (
          SELECT string_agg(
            '{"id":'
              || CAST(m4.id AS TEXT)
              || ',"lines":['
              || coalesce(
                (
                  SELECT string_agg(
                    '{"product":' || CAST(to_json(m6.product) AS TEXT) || '}', ','
                  ) AS row_texts_3
                  FROM (
                    SELECT m5.product AS product, m5.id AS order_1
                    FROM lines AS m5
                    WHERE m4.id = m5.order_id AND NOT m5.hidden
                    ORDER BY m5.id ASC
                  ) AS m6
                ),
                ''
              )
              || '],"linesAggregate":'
              || (
                SELECT '{"aggregate":{"count":' || CAST(count(*) AS TEXT) || '}}' AS joined_1
                FROM lines AS m7
                WHERE m4.id = m7.order_id AND NOT m7.hidden
              )
              || '}',
            ','
          ) AS row_texts_2
          FROM (
            SELECT m3.id AS id
            FROM orders AS m3
            WHERE m2.id = m3.customer_id AND m3.state != $1::VARCHAR AND m3.org = $2::VARCHAR
            ORDER BY m3.id ASC
          ) AS m4
        ),
        ''
      )
      || '],"ordersAggregate":'
      || (
        SELECT '{"aggregate":{"count":'
          || CAST(count(*) AS TEXT)
          || ',"sum":{"total":'
          || coalesce(CAST(to_json(sum(m8.total)) AS TEXT), 'null')
          || '}},"nodes":['
          || coalesce(string_agg('{"id":' || CAST(m8.id AS TEXT) || '}', ','), '')
          || ']}' AS joined_2
        FROM orders AS m8
        WHERE m2.id = m8.customer_id AND m8.state != $3::VARCHAR AND m8.org = $4::VARCHAR
      )
      || ',"ordersConnection":'
      || (
        SELECT '{"totalCount":'
          || CAST(
            (
              SELECT count(*) AS count_1
              FROM orders AS m12
              WHERE m2.id = m12.customer_id AND m12.state != $5::VARCHAR AND m12.org = $6::VARCHAR
            ) AS TEXT
          )
          || ',"nodes":['
          || coalesce(string_agg('{"id":' || CAST(m11.id AS TEXT) || '}', ','), '')
          || ']}' AS joined_3
        FROM (
          SELECT m10.id AS id, row_number() OVER (ORDER BY m10.id ASC) AS place, count(*) OVER () AS found
          FROM (
            SELECT m9.id AS id
            FROM orders AS m9
            WHERE m2.id = m9.customer_id AND m9.state != $7::VARCHAR AND m9.org = $8::VARCHAR
            ORDER BY m9.id ASC
          ) AS m10
          ORDER BY place
        ) AS m11
      )
      || '}',
    ','
  ) AS row_texts_1
  FROM (
    SELECT m1.id AS id
    FROM customers AS m1
    WHERE m1.org = $9::VARCHAR
    ORDER BY m1.id ASC
    LIMIT 2
  ) AS m2
) AS f0,
  (
    SELECT string_agg(
      '{"id":'
        || CAST(m14.id AS TEXT)
        || ',"order":'
        || CASE WHEN (m15.id IS NULL) THEN 'null' ELSE '{"id":'
        || CAST(m15.id AS TEXT)
        || ',"customer":'
        || CASE WHEN (m16.id IS NULL) THEN 'null' ELSE '{"name":'
        || CAST(to_json(m16.name) AS TEXT)
        || '}' END
        || '}' END
        || '}',
      ','
      ORDER BY m14.id ASC
    ) AS row_texts_4
    FROM (
      SELECT m13.id AS id, m13.order_id AS order_id
      FROM lines AS m13
      WHERE NOT m13.hidden
      ORDER BY m13.id ASC
    ) AS m14
    LEFT OUTER JOIN orders AS m15 ON m14.order_id = m15.id
      AND m15.state != $10::VARCHAR
      AND m15.org = $11::VARCHAR
    LEFT OUTER JOIN customers AS m16 ON m15.customer_id = m16.id AND m16.org = $12::VARCHAR
  ) AS f1
