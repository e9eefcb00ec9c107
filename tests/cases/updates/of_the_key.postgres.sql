WITH written AS (
  UPDATE lines AS m1
  SET id = $1::INTEGER
  WHERE m1.id = $2::INTEGER
  RETURNING m1.id, m1.product, m1.count, m1.hidden, m1.order_id
)
SELECT true AS passes, CAST(written.id AS TEXT) AS k0
FROM written

SELECT (
  SELECT '{"id":'
    || CAST(m1.id AS TEXT)
    || ',"product":'
    || CAST(to_json(m1.product) AS TEXT)
    || ',"order":'
    || CASE WHEN (m2.id IS NULL) THEN 'null' ELSE '{"number":'
    || CAST(to_json(m2.number) AS TEXT)
    || '}' END
    || '}' AS joined_1
  FROM lines AS m1
  LEFT OUTER JOIN orders AS m2 ON m1.order_id = m2.id
  WHERE m1.id = CAST($1::VARCHAR AS INTEGER)
) AS anon_1

SELECT (
  SELECT '{"id":' || CAST(m1.id AS TEXT) || '}' AS joined_1
  FROM lines AS m1
  WHERE m1.id = $1::INTEGER
) AS f0,
  (
    SELECT '{"id":'
      || CAST(m2.id AS TEXT)
      || ',"product":'
      || CAST(to_json(m2.product) AS TEXT)
      || '}' AS joined_2
    FROM lines AS m2
    WHERE m2.id = $2::INTEGER
  ) AS f1
