WITH written AS (
  UPDATE lines AS m1
  SET product = $1::VARCHAR
  WHERE (
    EXISTS (
      SELECT 1
      FROM orders
      WHERE orders.id = m1.order_id AND orders.seller_id = $2::INTEGER
    )
  )
    AND NOT m1.hidden
    AND (m1.id = $3::INTEGER)
  RETURNING m1.id, m1.product, m1.count, m1.hidden, m1.order_id
)
SELECT '{"affectedRows":'
  || CAST(
    (
      SELECT count(*) AS count_1
      FROM written
    ) AS TEXT
  )
  || ',"returning":['
  || coalesce(
    (
      SELECT string_agg(
        '{"id":'
          || CAST(written.id AS TEXT)
          || ',"product":'
          || CAST(to_json(written.product) AS TEXT)
          || ',"count":'
          || CAST(written.count AS TEXT)
          || '}',
        ','
      ) AS row_texts_1
      FROM written
      WHERE NOT written.hidden
    ),
    ''
  )
  || ']}' AS answer,
  (
    SELECT CASE
      WHEN (count(*) > 0) THEN CASE
      WHEN bool_and(
        coalesce(
          EXISTS (
            SELECT 1
            FROM orders
            WHERE orders.id = written.order_id AND orders.seller_id = $4::INTEGER
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
  SET count = (m1.count + $1::INTEGER)
  WHERE (
    EXISTS (
      SELECT 1
      FROM orders
      WHERE orders.id = m1.order_id AND orders.seller_id = $2::INTEGER
    )
  )
    AND NOT m1.hidden
    AND (m1.id = $3::INTEGER)
    AND (m1.product = $4::VARCHAR)
  RETURNING m1.id, m1.product, m1.count, m1.hidden, m1.order_id
)
SELECT '{"affectedRows":'
  || CAST(
    (
      SELECT count(*) AS count_1
      FROM written
    ) AS TEXT
  )
  || ',"returning":['
  || coalesce(
    (
      SELECT string_agg(
        '{"id":'
          || CAST(written.id AS TEXT)
          || ',"product":'
          || CAST(to_json(written.product) AS TEXT)
          || ',"count":'
          || CAST(written.count AS TEXT)
          || '}',
        ','
      ) AS row_texts_1
      FROM written
      WHERE NOT written.hidden
    ),
    ''
  )
  || ']}' AS answer,
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
  SET product = $1::VARCHAR
  WHERE (
    EXISTS (
      SELECT 1
      FROM orders
      WHERE orders.id = m1.order_id AND orders.seller_id = $2::INTEGER
    )
  )
    AND NOT m1.hidden
    AND (m1.id = $3::INTEGER)
  RETURNING m1.id, m1.product, m1.count, m1.hidden, m1.order_id
)
SELECT '{"affectedRows":'
  || CAST(
    (
      SELECT count(*) AS count_1
      FROM written
    ) AS TEXT
  )
  || ',"returning":['
  || coalesce(
    (
      SELECT string_agg(
        '{"id":'
          || CAST(written.id AS TEXT)
          || ',"product":'
          || CAST(to_json(written.product) AS TEXT)
          || ',"count":'
          || CAST(written.count AS TEXT)
          || '}',
        ','
      ) AS row_texts_1
      FROM written
      WHERE NOT written.hidden
    ),
    ''
  )
  || ']}' AS answer,
  (
    SELECT CASE
      WHEN (count(*) > 0) THEN CASE
      WHEN bool_and(
        coalesce(
          EXISTS (
            SELECT 1
            FROM orders
            WHERE orders.id = written.order_id AND orders.seller_id = $4::INTEGER
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
