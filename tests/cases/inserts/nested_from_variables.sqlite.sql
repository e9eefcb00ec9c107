INSERT INTO users(name)
VALUES (?)
RETURNING 1 AS passes, id AS k0

INSERT INTO orders(number, state, total, customer_id, seller_id, org)
VALUES (?, ?, ?, ?, ?, ?)
RETURNING 1 AS passes, id AS k0

INSERT INTO lines(product, count, hidden, order_id)
VALUES (?, ?, ?, ?)
RETURNING 1 AS passes, id AS k0

INSERT INTO customers(name, org)
VALUES (?, ?)
RETURNING 1 AS passes, id AS k0

INSERT INTO orders(number, state, customer_id, seller_id, org)
VALUES (?, ?, ?, ?, ?)
RETURNING 1 AS passes, id AS k0

INSERT INTO users(name)
VALUES (?)
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT '{"name":'
    || json_quote(m1.name)
    || ',"orders":['
    || coalesce(
      (
        SELECT group_concat(
          '{"number":'
            || json_quote(m3.number)
            || ',"total":'
            || CASE
              WHEN (abs(m3.total) < 1e13) THEN printf('%.2f', m3.total)
              ELSE CASE
              WHEN (abs(m3.total) > 1.7976931348623157e308) THEN 'null'
              WHEN (CAST(CAST(m3.total AS TEXT) AS REAL) = m3.total) THEN CAST(m3.total AS TEXT)
              WHEN (m3.total IS NOT NULL)
                THEN printf(CASE WHEN (abs(m3.total) < 1e100) THEN '%!.17g' ELSE '%!.19g' END, m3.total)
            END
            END
            || ',"lines":['
            || coalesce(
              (
                SELECT group_concat('{"product":' || json_quote(m5.product) || '}', ',') AS row_texts_2
                FROM (
                  SELECT m4.product AS product, m4.id AS order_1
                  FROM lines AS m4
                  WHERE m3.id = m4.order_id
                  ORDER BY m4.id ASC
                ) AS m5
              ),
              ''
            )
            || '],"customer":'
            || CASE WHEN (m6.id IS NULL) THEN 'null' ELSE '{"name":'
            || json_quote(m6.name)
            || '}' END
            || '}',
          ','
        ) AS row_texts_1
        FROM (
          SELECT m2.number AS number, m2.total AS total, m2.id AS id, m2.customer_id AS customer_id
          FROM orders AS m2
          WHERE m1.id = m2.seller_id
          ORDER BY m2.number ASC
        ) AS m3
        LEFT OUTER JOIN customers AS m6 ON m3.customer_id = m6.id
      ),
      ''
    )
    || ']}' AS joined_1
  FROM users AS m1
  WHERE m1.id = ?
) AS anon_1
