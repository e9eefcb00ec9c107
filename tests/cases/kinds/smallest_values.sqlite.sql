INSERT INTO kinds(
  id, text, flag, small, whole, big, exact, money, real, uuid, day, local, moment, raw, document, words,
  numbers
)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
RETURNING '{"text":'
  || json_quote(text)
  || ',"flag":'
  || coalesce(CASE WHEN (typeof(flag) = 'null') THEN NULL WHEN flag THEN 'true' ELSE 'false' END, 'null')
  || ',"small":'
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
  || ',"uuid":'
  || coalesce(
    '"'
      || substr(uuid, 1, 8)
      || '-'
      || substr(uuid, 9, 4)
      || '-'
      || substr(uuid, 13, 4)
      || '-'
      || substr(uuid, 17, 4)
      || '-'
      || substr(uuid, 21, 12)
      || '"',
    'null'
  )
  || ',"day":'
  || json_quote(day)
  || ',"local":'
  || coalesce(
    '"' || replace(substr(local, 1, 19) || rtrim(rtrim(substr(local, 20), '0'), '.'), ' ', 'T') || '"', 'null'
  )
  || ',"moment":'
  || coalesce(
    '"'
      || replace(substr(moment, 1, 19) || rtrim(rtrim(substr(moment, 20), '0'), '.'), ' ', 'T')
      || '+00:00"',
    'null'
  )
  || ',"raw":'
  || coalesce(CASE WHEN (typeof(raw) != 'null') THEN '"\\x' || lower(hex(raw)) || '"' END, 'null')
  || ',"document":'
  || coalesce(CASE WHEN json_valid(document) THEN json(document) ELSE json_quote(document) END, 'null')
  || ',"words":'
  || coalesce(CASE WHEN json_valid(words) THEN json(words) ELSE json_quote(words) END, 'null')
  || ',"numbers":'
  || coalesce(CASE WHEN json_valid(numbers) THEN json(numbers) ELSE json_quote(numbers) END, 'null')
  || '}' AS answer
