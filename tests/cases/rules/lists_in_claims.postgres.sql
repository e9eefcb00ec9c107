SELECT (
  SELECT string_agg(
    '{"product":'
      || CAST(to_json(m2.product) AS TEXT)
      || ',"place":'
      || CAST(to_json(m2.place) AS TEXT)
      || ',"amount":'
      || CAST(m2.amount AS TEXT)
      || '}',
    ','
  ) AS row_texts_1
  FROM (
    SELECT m1.product AS product, m1.place AS place, m1.amount AS amount
    FROM stock AS m1
    WHERE m1.place IN (
      SELECT anon_1.value AS json_item_1
      FROM json_array_elements_text(CAST($1::VARCHAR AS JSON)) AS anon_1
    )
    ORDER BY m1.product ASC, m1.place ASC
  ) AS m2
) AS f0,
  (
    SELECT '{"amount":' || CAST(m3.amount AS TEXT) || '}' AS joined_1
    FROM stock AS m3
    WHERE m3.product = $2::VARCHAR
      AND m3.place = $3::VARCHAR
      AND m3.place IN (
        SELECT anon_2.value AS json_item_2
        FROM json_array_elements_text(CAST($4::VARCHAR AS JSON)) AS anon_2
      )
  ) AS f1,
  (
    SELECT '{"amount":' || CAST(m4.amount AS TEXT) || '}' AS joined_2
    FROM stock AS m4
    WHERE m4.product = $5::VARCHAR
      AND m4.place = $6::VARCHAR
      AND m4.place IN (
        SELECT anon_3.value AS json_item_3
        FROM json_array_elements_text(CAST($7::VARCHAR AS JSON)) AS anon_3
      )
  ) AS f2
