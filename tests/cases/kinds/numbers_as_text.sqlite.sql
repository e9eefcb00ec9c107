INSERT INTO kinds(id, small, whole, big, exact, real)
VALUES (?, ?, ?, ?, ?, ?)
RETURNING '{"small":'
  || coalesce(CAST(small AS TEXT), 'null')
  || ',"whole":'
  || coalesce(CAST(whole AS TEXT), 'null')
  || ',"big":'
  || coalesce(CAST(big AS TEXT), 'null')
  || ',"exact":'
  || coalesce(
    CASE
      WHEN (typeof(exact) = 'real') THEN CASE
      WHEN (abs(exact) > 1.7976931348623157e308) THEN 'null'
      WHEN (CAST(CAST(exact AS TEXT) AS REAL) = exact) THEN CAST(exact AS TEXT)
      WHEN (typeof(exact) != 'null')
        THEN printf(CASE WHEN (abs(exact) < 1e100) THEN '%!.17g' ELSE '%!.19g' END, exact)
    END
      ELSE CAST(exact AS TEXT)
    END,
    'null'
  )
  || ',"real":'
  || coalesce(
    CASE
      WHEN (abs(real) > 1.7976931348623157e308) THEN 'null'
      WHEN (CAST(CAST(real AS TEXT) AS REAL) = real) THEN CAST(real AS TEXT)
      WHEN (typeof(real) != 'null')
        THEN printf(CASE WHEN (abs(real) < 1e100) THEN '%!.17g' ELSE '%!.19g' END, real)
    END,
    'null'
  )
  || '}' AS answer
