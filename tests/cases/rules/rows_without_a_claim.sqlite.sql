SELECT (
  SELECT group_concat('{"id":' || CAST(m1.id AS TEXT) || '}', ',') AS row_texts_1
  FROM customers AS m1
  WHERE m1.org = ?
) AS f0,
  (
    SELECT group_concat('{"id":' || CAST(m2.id AS TEXT) || '}', ',') AS row_texts_2
    FROM orders AS m2
    WHERE (m2.state != ? OR m2.seller_id = ?) AND m2.org = ?
  ) AS f1,
  (
    SELECT '{"aggregate":{"count":' || CAST(count(*) AS TEXT) || '}}' AS joined_1
    FROM orders AS m3
    WHERE (m3.state != ? OR m3.seller_id = ?) AND m3.org = ?
  ) AS f2,
  (
    SELECT group_concat(
      '{"id":'
        || CAST(m5.id AS TEXT)
        || ',"order":'
        || CASE WHEN (m6.id IS NULL) THEN 'null' ELSE '{"id":'
        || CAST(m6.id AS TEXT)
        || '}' END
        || '}',
      ','
    ) AS row_texts_3
    FROM (
      SELECT m4.id AS id, m4.order_id AS order_id
      FROM lines AS m4
      WHERE m4.hidden = 0
      ORDER BY m4.id ASC
    ) AS m5
    LEFT OUTER JOIN orders AS m6 ON m5.order_id = m6.id AND (m6.state != ? OR m6.seller_id = ?) AND m6.org = ?
  ) AS f3,
  (
    SELECT group_concat('{"product":' || json_quote(m7.product) || '}', ',') AS row_texts_4
    FROM stock AS m7
    WHERE m7.place IN (
      SELECT anon_1.value AS json_item_1
      FROM json_each(?) AS anon_1
    )
  ) AS f4
