INSERT INTO kinds(id, document, words, numbers)
VALUES (?, ?, ?, ?)
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT (
    '{"words":'
      || coalesce(CASE WHEN json_valid(m1.words) THEN json(m1.words) ELSE json_quote(m1.words) END, 'null')
      || ',"numbers":'
      || coalesce(
        CASE WHEN json_valid(m1.numbers) THEN json(m1.numbers) ELSE json_quote(m1.numbers) END, 'null'
      )
      || ',"document":'
      || coalesce(
        CASE WHEN json_valid(m1.document) THEN json(m1.document) ELSE json_quote(m1.document) END, 'null'
      )
      || '}'
  ) AS joined_1
  FROM kinds AS m1
  WHERE m1.id = ?
) AS anon_1
