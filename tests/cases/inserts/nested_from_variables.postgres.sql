WITH written AS (
  INSERT INTO users(name)
  VALUES ($1::VARCHAR)
  RETURNING users.id, users.name, users.salary
)
SELECT true AS passes, CAST(written.id AS TEXT) AS k0
FROM written

WITH written AS (
  INSERT INTO orders(number, state, total, customer_id, seller_id, org)
  VALUES (
    $1::VARCHAR, $2::VARCHAR, CAST($3::VARCHAR AS NUMERIC), $4::INTEGER, CAST($5::VARCHAR AS INTEGER),
    $6::VARCHAR
  )
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
  INSERT INTO customers(name, org)
  VALUES ($1::VARCHAR, $2::VARCHAR)
  RETURNING customers.id, customers.name, customers.email, customers."limit", customers.org
)
SELECT true AS passes, CAST(written.id AS TEXT) AS k0
FROM written

WITH written AS (
  INSERT INTO orders(number, state, customer_id, seller_id, org)
  VALUES ($1::VARCHAR, $2::VARCHAR, CAST($3::VARCHAR AS INTEGER), CAST($4::VARCHAR AS INTEGER), $5::VARCHAR)
  RETURNING orders.id, orders.number, orders.state, orders.total, orders.customer_id, orders.seller_id,
    orders.org
)
SELECT true AS passes, CAST(written.id AS TEXT) AS k0
FROM written

WITH written AS (
  INSERT INTO users(name)
  VALUES ($1::VARCHAR)
  RETURNING users.id, users.name, users.salary
)
SELECT true AS passes, CAST(written.id AS TEXT) AS k0
FROM written

SELECT (
  SELECT '{"name":'
    || CAST(to_json(m1.name) AS TEXT)
    || ',"orders":['
    || coalesce(
      (
        SELECT string_agg(
          '{"number":'
            || CAST(to_json(m3.number) AS TEXT)
            || ',"total":'
            || CAST(to_json(m3.total) AS TEXT)
            || ',"lines":['
            || coalesce(
              (
                SELECT string_agg(
                  '{"product":' || CAST(to_json(m5.product) AS TEXT) || '}', ','
                ) AS row_texts_2
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
            || CAST(to_json(m6.name) AS TEXT)
            || '}' END
            || '}',
          ','
          ORDER BY m3.number ASC
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
  WHERE m1.id = CAST($1::VARCHAR AS INTEGER)
) AS anon_1
