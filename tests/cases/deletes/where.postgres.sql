WITH written AS (
  DELETE FROM orders AS m1
  WHERE m1.seller_id = $1::INTEGER
    AND m1.state = $2::VARCHAR
    AND m1.org = $3::VARCHAR
    AND (m1.state != $4::VARCHAR OR m1.seller_id = $5::INTEGER)
    AND m1.org = $3::VARCHAR
    AND (m1.number LIKE $6::VARCHAR)
  RETURNING m1.id, m1.number, m1.state, m1.total, m1.customer_id, m1.seller_id, m1.org
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
        '{"number":'
          || CAST(to_json(written.number) AS TEXT)
          || ',"customer":'
          || CASE WHEN (m1.id IS NULL) THEN 'null' ELSE '{"name":'
          || CAST(to_json(m1.name) AS TEXT)
          || '}' END
          || ',"lines":['
          || coalesce(
            (
              SELECT string_agg('{"product":' || CAST(to_json(m3.product) AS TEXT) || '}', ',') AS row_texts_2
              FROM (
                SELECT m2.product AS product, m2.id AS order_1
                FROM lines AS m2
                WHERE written.id = m2.order_id AND NOT m2.hidden
                ORDER BY m2.id ASC
              ) AS m3
            ),
            ''
          )
          || '],"linesAggregate":'
          || (
            SELECT '{"aggregate":{"count":' || CAST(count(*) AS TEXT) || '}}' AS joined_1
            FROM lines AS m4
            WHERE written.id = m4.order_id AND NOT m4.hidden
          )
          || '}',
        ','
      ) AS row_texts_1
      FROM written
      LEFT OUTER JOIN customers AS m1 ON written.customer_id = m1.id AND m1.org = $7::VARCHAR
      WHERE (written.state != $8::VARCHAR OR written.seller_id = $9::INTEGER) AND written.org = $10::VARCHAR
    ),
    ''
  )
  || ']}' AS answer

SELECT string_agg('{"id":' || CAST(m2.id AS TEXT) || '}', ',') AS row_texts_1
FROM (
  SELECT m1.id AS id
  FROM orders AS m1
  WHERE (m1.state != $1::VARCHAR OR m1.seller_id = $2::INTEGER) AND m1.org = $3::VARCHAR
  ORDER BY m1.id ASC
) AS m2
