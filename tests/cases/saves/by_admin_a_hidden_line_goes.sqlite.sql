SELECT true AS passes, m1.id AS k0
FROM orders AS m1
WHERE m1.id = ?

SELECT found.allowed, found.k0
FROM (
  SELECT 1 AS one
) AS one
LEFT OUTER JOIN (
  SELECT coalesce(m1.order_id = ?, false) AS allowed, m1.id AS k0
  FROM lines AS m1
  WHERE m1.id = ?
) AS found
  ON 1 = 1

DELETE FROM lines AS m1
WHERE m1.order_id = ?
  AND NOT (
    EXISTS (
      SELECT 1
      FROM json_each(?) AS listed
      WHERE m1.id = json_extract(listed.value, '$[0]')
    )
  )
RETURNING 1

SELECT (
  SELECT '{"lines":['
    || coalesce(
      (
        SELECT group_concat(
          '{"id":' || CAST(m2.id AS TEXT) || ',"product":' || json_quote(m2.product) || '}', ','
        ) AS row_texts_1
        FROM lines AS m2
        WHERE m1.id = m2.order_id
      ),
      ''
    )
    || ']}' AS joined_1
  FROM orders AS m1
  WHERE m1.id = ?
) AS anon_1
