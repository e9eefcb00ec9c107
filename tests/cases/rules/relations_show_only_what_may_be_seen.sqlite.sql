SELECT (
  SELECT group_concat(
    '{"id":'
      || CAST(m2.id AS TEXT)
      || ',"orders":['
      || coalesce(
        (
          SELECT group_concat(
            '{"id":'
              || CAST(m4.id AS TEXT)
              || ',"lines":['
              || coalesce(
                (
                  SELECT group_concat('{"product":' || json_quote(m6.product) || '}', ',') AS row_texts_3
                  FROM (
                    SELECT m5.product AS product, m5.id AS order_1
                    FROM lines AS m5
                    WHERE m4.id = m5.order_id AND m5.hidden = 0
                    ORDER BY m5.id ASC
                  ) AS m6
                ),
                ''
              )
              || '],"linesAggregate":'
              || (
                SELECT '{"aggregate":{"count":' || CAST(count(*) AS TEXT) || '}}' AS joined_1
                FROM lines AS m7
                WHERE m4.id = m7.order_id AND m7.hidden = 0
              )
              || '}',
            ','
          ) AS row_texts_2
          FROM (
            SELECT m3.id AS id
            FROM orders AS m3
            WHERE m2.id = m3.customer_id AND m3.state != ? AND m3.org = ?
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
          || coalesce(
            CASE
              WHEN (abs(sum(m8.total)) < 1e13) THEN printf('%.2f', sum(m8.total))
              ELSE CASE
              WHEN (abs(sum(m8.total)) > 1.7976931348623157e308) THEN 'null'
              WHEN (CAST(CAST(sum(m8.total) AS TEXT) AS REAL) = sum(m8.total))
                THEN CAST(sum(m8.total) AS TEXT)
              WHEN (sum(m8.total) IS NOT NULL)
                THEN printf(
                  CASE WHEN (abs(sum(m8.total)) < 1e100) THEN '%!.17g' ELSE '%!.19g' END, sum(m8.total)
                )
            END
            END,
            'null'
          )
          || '}},"nodes":['
          || coalesce(group_concat('{"id":' || CAST(m8.id AS TEXT) || '}', ','), '')
          || ']}' AS joined_2
        FROM orders AS m8
        WHERE m2.id = m8.customer_id AND m8.state != ? AND m8.org = ?
      )
      || ',"ordersConnection":'
      || (
        SELECT '{"totalCount":'
          || CAST(
            (
              SELECT count(*) AS count_1
              FROM orders AS m12
              WHERE m2.id = m12.customer_id AND m12.state != ? AND m12.org = ?
            ) AS TEXT
          )
          || ',"nodes":['
          || coalesce(group_concat('{"id":' || CAST(m11.id AS TEXT) || '}', ','), '')
          || ']}' AS joined_3
        FROM (
          SELECT m10.id AS id, row_number() OVER (ORDER BY m10.id ASC) AS place, count(*) OVER () AS found
          FROM (
            SELECT m9.id AS id
            FROM orders AS m9
            WHERE m2.id = m9.customer_id AND m9.state != ? AND m9.org = ?
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
    WHERE m1.org = ?
    ORDER BY m1.id ASC
    LIMIT 2
    OFFSET ?
  ) AS m2
) AS f0,
  (
    SELECT group_concat(
      '{"id":'
        || CAST(m14.id AS TEXT)
        || ',"order":'
        || CASE WHEN (m15.id IS NULL) THEN 'null' ELSE '{"id":'
        || CAST(m15.id AS TEXT)
        || ',"customer":'
        || CASE WHEN (m16.id IS NULL) THEN 'null' ELSE '{"name":'
        || json_quote(m16.name)
        || '}' END
        || '}' END
        || '}',
      ','
    ) AS row_texts_4
    FROM (
      SELECT m13.id AS id, m13.order_id AS order_id
      FROM lines AS m13
      WHERE m13.hidden = 0
      ORDER BY m13.id ASC
    ) AS m14
    LEFT OUTER JOIN orders AS m15 ON m14.order_id = m15.id AND m15.state != ? AND m15.org = ?
    LEFT OUTER JOIN customers AS m16 ON m15.customer_id = m16.id AND m16.org = ?
  ) AS f1
