INSERT INTO customers(name, org)
VALUES (?, ?)
RETURNING 1 AS passes, id AS k0

INSERT INTO orders(number, state, customer_id, org)
VALUES (?, ?, ?, ?)
RETURNING 1 AS passes, id AS k0

INSERT INTO lines(product, count, hidden, order_id)
VALUES (?, ?, ?, ?)
RETURNING 1 AS passes, id AS k0

INSERT INTO lines(product, count, hidden, order_id)
VALUES (?, ?, ?, ?)
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT '{"id":'
    || CAST(m1.id AS TEXT)
    || ',"state":'
    || json_quote(m1.state)
    || ',"customer":'
    || CASE WHEN (m2.id IS NULL) THEN 'null' ELSE '{"id":'
    || CAST(m2.id AS TEXT)
    || ',"name":'
    || json_quote(m2.name)
    || '}' END
    || ',"lines":['
    || coalesce(
      (
        SELECT group_concat(
          '{"product":' || json_quote(m4.product) || ',"count":' || CAST(m4.count AS TEXT) || '}', ','
        ) AS row_texts_1
        FROM (
          SELECT m3.product AS product, m3.count AS count, m3.id AS order_1
          FROM lines AS m3
          WHERE m1.id = m3.order_id
          ORDER BY m3.id ASC
        ) AS m4
      ),
      ''
    )
    || ']}' AS joined_1
  FROM orders AS m1
  LEFT OUTER JOIN customers AS m2 ON m1.customer_id = m2.id
  WHERE m1.id = ?
) AS anon_1

SELECT group_concat(
  '{"name":'
    || json_quote(m2.name)
    || ',"orders":['
    || coalesce(
      (
        SELECT group_concat(
          '{"number":'
            || json_quote(m3.number)
            || ',"lines":['
            || coalesce(
              (
                SELECT group_concat('{"product":' || json_quote(m5.product) || '}', ',') AS row_texts_3
                FROM (
                  SELECT m4.product AS product, m4.id AS order_1
                  FROM lines AS m4
                  WHERE m3.id = m4.order_id
                  ORDER BY m4.id ASC
                ) AS m5
              ),
              ''
            )
            || ']}',
          ','
        ) AS row_texts_2
        FROM orders AS m3
        WHERE m2.id = m3.customer_id
      ),
      ''
    )
    || ']}',
  ','
) AS row_texts_1
FROM (
  SELECT m1.name AS name, m1.id AS id
  FROM customers AS m1
  ORDER BY m1.id DESC
  LIMIT 1
  OFFSET ?
) AS m2
