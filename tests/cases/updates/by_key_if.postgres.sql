WITH written AS (
  UPDATE lines AS m1
  SET count = (m1.count + $1::INTEGER)
  WHERE m1.id = $2::INTEGER
    AND CASE
      WHEN coalesce(
        m1.id = $2::INTEGER
          AND (
            EXISTS (
              SELECT 1
              FROM orders
              WHERE orders.id = m1.order_id AND orders.seller_id = $3::INTEGER
            )
          )
          AND NOT m1.hidden,
        false
      )
        THEN CASE
      WHEN coalesce(
        (
          EXISTS (
            SELECT 1
            FROM orders AS m2
            WHERE m1.order_id = m2.id
              AND (m2.state != $4::VARCHAR OR m2.seller_id = $5::INTEGER)
              AND m2.org = $6::VARCHAR
              AND m2.number IS NOT NULL
          )
        )
          AND (m1.count > $7::INTEGER),
        false
      )
        THEN 1
      ELSE CAST('portico: condition not met ' || CAST(left(CAST(m1.id AS TEXT), 0) AS TEXT) AS INTEGER)
    END
      ELSE 0
    END = 1
  RETURNING m1.id, m1.product, m1.count, m1.hidden, m1.order_id
)
SELECT (
  SELECT '{"id":' || CAST(written.id AS TEXT) || ',"count":' || CAST(written.count AS TEXT) || '}' AS joined_1
  FROM written
  WHERE NOT written.hidden
) AS answer,
  (
    SELECT CASE
      WHEN (count(*) > 0) THEN CASE
      WHEN bool_and(
        coalesce(
          EXISTS (
            SELECT 1
            FROM orders
            WHERE orders.id = written.order_id AND orders.seller_id = $8::INTEGER
          ),
          false
        )
      )
        THEN 0
      ELSE CAST('portico: refused by rule ' || CAST(count(*) AS TEXT) AS INTEGER)
    END
    END AS anon_1
    FROM written
  ) AS checked

WITH written AS (
  UPDATE lines AS m1
  SET product = $1::VARCHAR
  WHERE m1.id = $2::INTEGER
    AND CASE
      WHEN coalesce(
        m1.id = $2::INTEGER
          AND (
            EXISTS (
              SELECT 1
              FROM orders
              WHERE orders.id = m1.order_id AND orders.seller_id = $3::INTEGER
            )
          )
          AND NOT m1.hidden,
        false
      )
        THEN CASE
      WHEN coalesce(m1.count < $4::INTEGER, false) THEN 1
      ELSE CAST('portico: condition not met ' || CAST(left(CAST(m1.id AS TEXT), 0) AS TEXT) AS INTEGER)
    END
      ELSE 0
    END = 1
  RETURNING m1.id, m1.product, m1.count, m1.hidden, m1.order_id
)
SELECT (
  SELECT '{"id":' || CAST(written.id AS TEXT) || '}' AS joined_1
  FROM written
  WHERE NOT written.hidden
) AS answer,
  (
    SELECT CASE
      WHEN (count(*) > 0) THEN CASE
      WHEN bool_and(
        coalesce(
          EXISTS (
            SELECT 1
            FROM orders
            WHERE orders.id = written.order_id AND orders.seller_id = $5::INTEGER
          ),
          false
        )
      )
        THEN 0
      ELSE CAST('portico: refused by rule ' || CAST(count(*) AS TEXT) AS INTEGER)
    END
    END AS anon_1
    FROM written
  ) AS checked

WITH written AS (
  UPDATE lines AS m1
  SET product = $2::VARCHAR
  WHERE m1.id = $3::INTEGER
    AND CASE
      WHEN coalesce(
        m1.id = $3::INTEGER
          AND (
            EXISTS (
              SELECT 1
              FROM orders
              WHERE orders.id = m1.order_id AND orders.seller_id = $4::INTEGER
            )
          )
          AND NOT m1.hidden,
        false
      )
        THEN CASE
      WHEN coalesce(m1.count < $5::INTEGER, false) THEN 1
      ELSE CAST('portico: condition not met ' || CAST(left(CAST(m1.id AS TEXT), 0) AS TEXT) AS INTEGER)
    END
      ELSE 0
    END = 1
  RETURNING m1.id, m1.product, m1.count, m1.hidden, m1.order_id
)
SELECT coalesce(
  EXISTS (
    SELECT 1
    FROM orders
    WHERE orders.id = written.order_id AND orders.seller_id = $1::INTEGER
  ),
  false
) AS passes,
  CAST(written.id AS TEXT) AS k0
FROM written

WITH written AS (
  UPDATE lines AS m1
  SET product = $1::VARCHAR
  WHERE m1.id = $2::INTEGER
    AND CASE
      WHEN coalesce(
        m1.id = $2::INTEGER
          AND (
            EXISTS (
              SELECT 1
              FROM orders
              WHERE orders.id = m1.order_id AND orders.seller_id = $3::INTEGER
            )
          )
          AND NOT m1.hidden,
        false
      )
        THEN CASE
      WHEN coalesce(m1.count < $4::INTEGER, false) THEN 1
      ELSE CAST('portico: condition not met ' || CAST(left(CAST(m1.id AS TEXT), 0) AS TEXT) AS INTEGER)
    END
      ELSE 0
    END = 1
  RETURNING m1.id, m1.product, m1.count, m1.hidden, m1.order_id
)
SELECT (
  SELECT '{"id":' || CAST(written.id AS TEXT) || '}' AS joined_1
  FROM written
  WHERE NOT written.hidden
) AS answer,
  (
    SELECT CASE
      WHEN (count(*) > 0) THEN CASE
      WHEN bool_and(
        coalesce(
          EXISTS (
            SELECT 1
            FROM orders
            WHERE orders.id = written.order_id AND orders.seller_id = $5::INTEGER
          ),
          false
        )
      )
        THEN 0
      ELSE CAST('portico: refused by rule ' || CAST(count(*) AS TEXT) AS INTEGER)
    END
    END AS anon_1
    FROM written
  ) AS checked

SELECT string_agg(
  '{"id":'
    || CAST(m2.id AS TEXT)
    || ',"product":'
    || CAST(to_json(m2.product) AS TEXT)
    || ',"count":'
    || CAST(m2.count AS TEXT)
    || '}',
  ','
) AS row_texts_1
FROM (
  SELECT m1.id AS id, m1.product AS product, m1.count AS count
  FROM lines AS m1
  WHERE NOT m1.hidden
  ORDER BY m1.id ASC
) AS m2
