SELECT (
  SELECT group_concat(
    '{"product":'
      || json_quote(m2.product)
      || ',"place":'
      || json_quote(m2.place)
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
      FROM json_each(?) AS anon_1
    )
    ORDER BY m1.product ASC, m1.place ASC
  ) AS m2
) AS f0,
  (
    SELECT '{"amount":' || CAST(m3.amount AS TEXT) || '}' AS joined_1
    FROM stock AS m3
    WHERE m3.product = ?
      AND m3.place = ?
      AND m3.place IN (
        SELECT anon_2.value AS json_item_2
        FROM json_each(?) AS anon_2
      )
  ) AS f1,
  (
    SELECT '{"amount":' || CAST(m4.amount AS TEXT) || '}' AS joined_2
    FROM stock AS m4
    WHERE m4.product = ?
      AND m4.place = ?
      AND m4.place IN (
        SELECT anon_3.value AS json_item_3
        FROM json_each(?) AS anon_3
      )
  ) AS f2
