UPDATE lines AS m1
SET id = ?
WHERE m1.id = ?
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT '{"id":'
    || CAST(m1.id AS TEXT)
    || ',"product":'
    || json_quote(m1.product)
    || ',"order":'
    || CASE WHEN (m2.id IS NULL) THEN 'null' ELSE '{"number":'
    || json_quote(m2.number)
    || '}' END
    || '}' AS joined_1
  FROM lines AS m1
  LEFT OUTER JOIN orders AS m2 ON m1.order_id = m2.id
  WHERE m1.id = ?
) AS anon_1

SELECT (
  SELECT '{"id":' || CAST(m1.id AS TEXT) || '}' AS joined_1
  FROM lines AS m1
  WHERE m1.id = ?
) AS f0,
  (
    SELECT '{"id":' || CAST(m2.id AS TEXT) || ',"product":' || json_quote(m2.product) || '}' AS joined_2
    FROM lines AS m2
    WHERE m2.id = ?
  ) AS f1
