WITH written AS (
  DELETE FROM lines AS m1
  WHERE (
    EXISTS (
      SELECT 1
      FROM orders
      WHERE orders.id = m1.order_id AND orders.seller_id = $1::INTEGER
    )
  )
    AND NOT m1.hidden
    AND (m1.id = $2::INTEGER)
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
          || '}',
        ','
      ) AS row_texts_1
      FROM written
      WHERE NOT written.hidden
    ),
    ''
  )
  || ']}' AS answer
