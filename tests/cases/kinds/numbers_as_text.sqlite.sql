INSERT INTO kinds(id, small, whole, big, exact, real)
VALUES (?, ?, ?, ?, ?, ?)
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT (
    '{"small":'
      || coalesce(CAST(m1.small AS TEXT), 'null')
      || ',"whole":'
      || coalesce(CAST(m1.whole AS TEXT), 'null')
      || ',"big":'
      || coalesce(CAST(m1.big AS TEXT), 'null')
      || ',"exact":'
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
      || ',"real":'
      || coalesce(
        CASE
          WHEN (abs(m1.real) > 1.7976931348623157e308) THEN 'null'
          WHEN (CAST(CAST(m1.real AS TEXT) AS REAL) = m1.real) THEN CAST(m1.real AS TEXT)
          ELSE printf('%!.17g', m1.real)
        END,
        'null'
      )
      || '}'
  ) AS joined_1
  FROM kinds AS m1
  WHERE m1.id = ?
) AS anon_1
