SELECT group_concat(
  '{"id":'
    || CAST(m2.id AS TEXT)
    || ',"total":'
    || CASE
      WHEN (abs(m2.total) < 1e13) THEN printf('%.2f', m2.total)
      ELSE CASE
      WHEN (abs(m2.total) > 1.7976931348623157e308) THEN 'null'
      WHEN (CAST(CAST(m2.total AS TEXT) AS REAL) = m2.total) THEN CAST(m2.total AS TEXT)
      WHEN (m2.total IS NOT NULL)
        THEN printf(CASE WHEN (abs(m2.total) < 1e100) THEN '%!.17g' ELSE '%!.19g' END, m2.total)
    END
    END
    || ',"state":'
    || json_quote(m2.state)
    || '}',
  ','
) AS row_texts_1
FROM (
  SELECT m1.id AS id, m1.total AS total, m1.state AS state
  FROM orders AS m1
  WHERE m1.total >= ? AND m1.org = ?
  ORDER BY m1.id ASC
) AS m2
