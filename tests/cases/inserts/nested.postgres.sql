WITH written AS (
  INSERT INTO customers(name, org)
  VALUES ($1::VARCHAR, $2::VARCHAR)
  RETURNING customers.id, customers.name, customers.email, customers."limit", customers.org
)
SELECT true AS passes, CAST(written.id AS TEXT) AS k0
FROM written

WITH written AS (
  INSERT INTO orders(number, state, customer_id, org)
  VALUES ($1::VARCHAR, $2::VARCHAR, CAST($3::VARCHAR AS INTEGER), $4::VARCHAR)
  RETURNING orders.id, orders.number, orders.state, orders.total, orders.customer_id, orders.seller_id,
    orders.org
)
SELECT true AS passes, CAST(written.id AS TEXT) AS k0
FROM written

WITH written AS (
  INSERT INTO lines(product, count, hidden, order_id)
  VALUES ($1::VARCHAR, $2::INTEGER, $3::BOOLEAN, CAST($4::VARCHAR AS INTEGER))
  RETURNING lines.id, lines.product, lines.count, lines.hidden, lines.order_id
)
SELECT true AS passes, CAST(written.id AS TEXT) AS k0
FROM written

WITH written AS (
  INSERT INTO lines(product, count, hidden, order_id)
  VALUES ($1::VARCHAR, $2::INTEGER, $3::BOOLEAN, CAST($4::VARCHAR AS INTEGER))
  RETURNING lines.id, lines.product, lines.count, lines.hidden, lines.order_id
)
SELECT true AS passes, CAST(written.id AS TEXT) AS k0
FROM written

SELECT (
  SELECT '{"id":'
    || CAST(m1.id AS TEXT)
    || ',"state":'
    || CAST(to_json(m1.state) AS TEXT)
    || ',"customer":'
    || CASE WHEN (m2.id IS NULL) THEN 'null' ELSE '{"id":'
    || CAST(m2.id AS TEXT)
    || ',"name":'
    || CAST(to_json(m2.name) AS TEXT)
    || '}' END
    || ',"lines":['
    || coalesce(
      (
        SELECT string_agg(
          '{"product":' || CAST(to_json(m4.product) AS TEXT) || ',"count":' || CAST(m4.count AS TEXT) || '}',
          ','
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
  WHERE m1.id = CAST($1::VARCHAR AS INTEGER)
) AS anon_1

SELECT string_agg(
  '{"name":'
    || CAST(to_json(m2.name) AS TEXT)
    || ',"orders":['
    || coalesce(
      (
        SELECT string_agg(
          '{"number":'
            || CAST(to_json(m3.number) AS TEXT)
            || ',"lines":['
            || coalesce(
              (
                SELECT string_agg(
                  '{"product":' || CAST(to_json(m5.product) AS TEXT) || '}', ','
                ) AS row_texts_3
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
) AS m2
