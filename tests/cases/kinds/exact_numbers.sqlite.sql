INSERT INTO kinds(id, exact, money)
VALUES (?, ?, ?)
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT (
    '{"exact":'
      || coalesce(
        CASE
          WHEN (typeof(m1.exact) = 'real') THEN CASE
          WHEN (abs(m1.exact) > 1.7976931348623157e308) THEN 'null'
          WHEN (CAST(CAST(m1.exact AS TEXT) AS REAL) = m1.exact) THEN CAST(m1.exact AS TEXT)
          ELSE printf('%!.17g', m1.exact)
        END
          ELSE CAST(m1.exact AS TEXT)
        END,
        'null'
      )
      || ',"money":'
      || coalesce(printf('%.2f', m1.money), 'null')
      || '}'
  ) AS joined_1
  FROM kinds AS m1
  WHERE m1.id = ?
) AS anon_1
