SELECT group_concat(
  '{"exact":'
    || coalesce(
      CASE
        WHEN (typeof(m1.exact) = 'real') THEN CASE
        WHEN (abs(m1.exact) > 1.7976931348623157e308) THEN 'null'
        WHEN (CAST(CAST(m1.exact AS TEXT) AS REAL) = m1.exact) THEN CAST(m1.exact AS TEXT)
        WHEN (m1.exact IS NOT NULL)
          THEN printf(CASE WHEN (abs(m1.exact) < 1e100) THEN '%!.17g' ELSE '%!.19g' END, m1.exact)
      END
        ELSE CAST(m1.exact AS TEXT)
      END,
      'null'
    )
    || ',"money":'
    || coalesce(
      CASE
        WHEN (abs(m1.money) < 1e13) THEN printf('%.2f', m1.money)
        ELSE CASE
        WHEN (abs(m1.money) > 1.7976931348623157e308) THEN 'null'
        WHEN (CAST(CAST(m1.money AS TEXT) AS REAL) = m1.money) THEN CAST(m1.money AS TEXT)
        WHEN (m1.money IS NOT NULL)
          THEN printf(CASE WHEN (abs(m1.money) < 1e100) THEN '%!.17g' ELSE '%!.19g' END, m1.money)
      END
      END,
      'null'
    )
    || ',"real":'
    || coalesce(
      CASE
        WHEN (abs(m1.real) > 1.7976931348623157e308) THEN 'null'
        WHEN (CAST(CAST(m1.real AS TEXT) AS REAL) = m1.real) THEN CAST(m1.real AS TEXT)
        WHEN (m1.real IS NOT NULL)
          THEN printf(CASE WHEN (abs(m1.real) < 1e100) THEN '%!.17g' ELSE '%!.19g' END, m1.real)
      END,
      'null'
    )
    || ',"raw":'
    || coalesce(CASE WHEN (m1.raw IS NOT NULL) THEN '"\\x' || lower(hex(m1.raw)) || '"' END, 'null')
    || '}',
  ','
) AS row_texts_1
FROM kinds AS m1
