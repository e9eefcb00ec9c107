SELECT true AS passes, CAST(m1.id AS TEXT) AS k0
FROM orders AS m1
WHERE m1.id = $1::INTEGER
FOR UPDATE

SELECT found.allowed, found.k0
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN (
  SELECT coalesce(m1.order_id = CAST($1::VARCHAR AS INTEGER), false) AS allowed, CAST(m1.id AS TEXT) AS k0
  FROM lines AS m1
  WHERE m1.id = $2::INTEGER
  FOR UPDATE
) AS found
  ON true

DELETE FROM lines AS m1
WHERE m1.order_id = CAST($1::VARCHAR AS INTEGER)
  AND NOT (
    EXISTS (
      SELECT 1
      FROM jsonb_array_elements(CAST($2::VARCHAR AS JSONB)) AS listed
      WHERE m1.id = CAST(listed.value ->> 0 AS INTEGER)
    )
  )
RETURNING 1

SELECT (
  SELECT '{"lines":['
    || coalesce(
      (
        SELECT string_agg(
          '{"id":' || CAST(m2.id AS TEXT) || ',"product":' || CAST(to_json(m2.product) AS TEXT) || '}', ','
        ) AS row_texts_1
        FROM lines AS m2
        WHERE m1.id = m2.order_id
      ),
      ''
    )
    || ']}' AS joined_1
  FROM orders AS m1
  WHERE m1.id = CAST($1::VARCHAR AS INTEGER)
) AS anon_1
