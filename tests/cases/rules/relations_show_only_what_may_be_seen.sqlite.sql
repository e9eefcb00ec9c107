SELECT (
  SELECT group_concat(
    (
      '{"id":'
        || CAST(m2.id AS TEXT)
        || ',"orders":['
        || coalesce(
          (
            SELECT group_concat(
              (
                '{"id":'
                  || CAST(m4.id AS TEXT)
                  || ',"lines":['
                  || coalesce(
                    (
                      SELECT group_concat(
                        ('{"product":' || json_quote(m6.product) || '}'), ','
                      ) AS row_texts_3
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
                    SELECT ('{"aggregate":{"count":' || CAST(count(*) AS TEXT) || '}}') AS joined_1
                    FROM lines AS m7
                    WHERE m4.id = m7.order_id AND m7.hidden = 0
                  )
                  || '}'
              ),
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
          SELECT (
            '{"aggregate":{"count":'
              || CAST(count(*) AS TEXT)
              || ',"sum":{"total":'
              || coalesce(printf('%.2f', sum(m8.total)), 'null')
              || '}},"nodes":['
              || coalesce(group_concat(('{"id":' || CAST(m8.id AS TEXT) || '}'), ','), '')
              || ']}'
          ) AS joined_2
          FROM orders AS m8
          WHERE m2.id = m8.customer_id AND m8.state != ? AND m8.org = ?
        )
        || ',"ordersConnection":'
        || (
          SELECT (
            '{"totalCount":'
              || CAST(
                (
                  SELECT count(*) AS count_1
                  FROM orders AS m13
                  WHERE m2.id = m13.customer_id AND m13.state != ? AND m13.org = ?
                ) AS TEXT
              )
              || ',"nodes":['
              || coalesce(group_concat(('{"id":' || CAST(m12.id AS TEXT) || '}'), ','), '')
              || ']}'
          ) AS joined_3
          FROM (
            SELECT m11.id AS id, m11.place AS place, m11.found AS found
            FROM (
              SELECT m10.id AS id, row_number() OVER (ORDER BY m10.id ASC) AS place, count(*) OVER () AS found
              FROM (
                SELECT m9.id AS id
                FROM orders AS m9
                WHERE m2.id = m9.customer_id AND m9.state != ? AND m9.org = ?
                ORDER BY m9.id ASC
              ) AS m10
            ) AS m11
            ORDER BY m11.place
          ) AS m12
        )
        || '}'
    ),
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
      (
        '{"id":'
          || CAST(m15.id AS TEXT)
          || ',"order":'
          || CASE
            WHEN (m16.id IS NULL) THEN 'null'
            ELSE (
              '{"id":'
                || CAST(m16.id AS TEXT)
                || ',"customer":'
                || CASE WHEN (m17.id IS NULL) THEN 'null' ELSE ('{"name":' || json_quote(m17.name) || '}') END
                || '}'
            )
          END
          || '}'
      ),
      ','
    ) AS row_texts_4
    FROM (
      SELECT m14.id AS id, m14.order_id AS order_id
      FROM lines AS m14
      WHERE m14.hidden = 0
      ORDER BY m14.id ASC
    ) AS m15
    LEFT OUTER JOIN orders AS m16 ON m15.order_id = m16.id AND m16.state != ? AND m16.org = ?
    LEFT OUTER JOIN customers AS m17 ON m16.customer_id = m17.id AND m17.org = ?
  ) AS f1
