SELECT (
  SELECT string_agg('{"id":' || CAST(m1.id AS TEXT) || '}', ',') AS row_texts_1
  FROM customers AS m1
  WHERE m1.org = $1::VARCHAR
) AS f0,
  (
    SELECT string_agg('{"id":' || CAST(m2.id AS TEXT) || '}', ',') AS row_texts_2
    FROM orders AS m2
    WHERE (m2.state != $2::VARCHAR OR m2.seller_id = $3::INTEGER) AND m2.org = $4::VARCHAR
  ) AS f1,
  (
    SELECT '{"aggregate":{"count":' || CAST(count(*) AS TEXT) || '}}' AS joined_1
    FROM orders AS m3
    WHERE (m3.state != $5::VARCHAR OR m3.seller_id = $6::INTEGER) AND m3.org = $7::VARCHAR
  ) AS f2,
  (
    SELECT string_agg(
      '{"id":'
        || CAST(m5.id AS TEXT)
        || ',"order":'
        || CASE WHEN (m6.id IS NULL) THEN 'null' ELSE '{"id":'
        || CAST(m6.id AS TEXT)
        || '}' END
        || '}',
      ','
      ORDER BY m5.id ASC
    ) AS row_texts_3
    FROM (
      SELECT m4.id AS id, m4.order_id AS order_id
      FROM lines AS m4
      WHERE NOT m4.hidden
      ORDER BY m4.id ASC
    ) AS m5
    LEFT OUTER JOIN orders AS m6 ON m5.order_id = m6.id
      AND (m6.state != $8::VARCHAR OR m6.seller_id = $9::INTEGER)
      AND m6.org = $10::VARCHAR
  ) AS f3,
  (
    SELECT string_agg('{"product":' || CAST(to_json(m7.product) AS TEXT) || '}', ',') AS row_texts_4
    FROM stock AS m7
    WHERE m7.place IN (
      SELECT anon_1.value AS json_item_1
      FROM json_array_elements_text(CAST($11::VARCHAR AS JSON)) AS anon_1
    )
  ) AS f4
