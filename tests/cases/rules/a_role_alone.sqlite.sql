SELECT group_concat(
  (
    '{"id":'
      || CAST(m2.id AS TEXT)
      || ',"total":'
      || printf('%.2f', m2.total)
      || ',"state":'
      || json_quote(m2.state)
      || '}'
  ),
  ','
) AS row_texts_1
FROM (
  SELECT m1.id AS id, m1.total AS total, m1.state AS state
  FROM orders AS m1
  WHERE m1.total >= ? AND m1.org = ?
  ORDER BY m1.id ASC
) AS m2
