SELECT '{"number":'
  || json_quote(m1.number)
  || ',"customer":'
  || CASE WHEN (m2.id IS NULL) THEN 'null' ELSE '{"name":'
  || json_quote(m2.name)
  || '}' END
  || ',"lines":['
  || coalesce(
    (
      SELECT group_concat('{"product":' || json_quote(m4.product) || '}', ',') AS row_texts_1
      FROM (
        SELECT m3.product AS product, m3.id AS order_1
        FROM lines AS m3
        WHERE m1.id = m3.order_id AND m3.hidden = 0
        ORDER BY m3.id ASC
      ) AS m4
    ),
    ''
  )
  || '],"linesAggregate":'
  || (
    SELECT '{"aggregate":{"count":' || CAST(count(*) AS TEXT) || '}}' AS joined_2
    FROM lines AS m5
    WHERE m1.id = m5.order_id AND m5.hidden = 0
  )
  || '}' AS joined_1
FROM orders AS m1
LEFT OUTER JOIN customers AS m2 ON m1.customer_id = m2.id AND m2.org = ?
WHERE m1.seller_id = ?
  AND m1.state = ?
  AND m1.org = ?
  AND (m1.state != ? OR m1.seller_id = ?)
  AND m1.org = ?
  AND (m1.number GLOB ?)
  AND (m1.state != ? OR m1.seller_id = ?)
  AND m1.org = ?

DELETE FROM orders AS m1
WHERE m1.seller_id = ?
  AND m1.state = ?
  AND m1.org = ?
  AND (m1.state != ? OR m1.seller_id = ?)
  AND m1.org = ?
  AND (m1.number GLOB ?)

SELECT group_concat('{"id":' || CAST(m2.id AS TEXT) || '}', ',') AS row_texts_1
FROM (
  SELECT m1.id AS id
  FROM orders AS m1
  WHERE (m1.state != ? OR m1.seller_id = ?) AND m1.org = ?
  ORDER BY m1.id ASC
) AS m2
