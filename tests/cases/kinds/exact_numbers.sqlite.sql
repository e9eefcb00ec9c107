INSERT INTO kinds(id, exact, money)
VALUES (?, ?, ?)
RETURNING '{"exact":'
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
  || ',"money":'
  || coalesce(
    CASE
      WHEN (abs(money) < 1e13) THEN printf('%.2f', money)
      ELSE CASE
      WHEN (abs(money) > 1.7976931348623157e308) THEN 'null'
      WHEN (CAST(CAST(money AS TEXT) AS REAL) = money) THEN CAST(money AS TEXT)
      WHEN (typeof(money) != 'null')
        THEN printf(CASE WHEN (abs(money) < 1e100) THEN '%!.17g' ELSE '%!.19g' END, money)
    END
    END,
    'null'
  )
  || '}' AS answer
