INSERT INTO kinds(id, document, words, numbers)
VALUES (?, ?, ?, ?)
RETURNING '{"words":'
  || coalesce(CASE WHEN json_valid(words) THEN json(words) ELSE json_quote(words) END, 'null')
  || ',"numbers":'
  || coalesce(CASE WHEN json_valid(numbers) THEN json(numbers) ELSE json_quote(numbers) END, 'null')
  || ',"document":'
  || coalesce(CASE WHEN json_valid(document) THEN json(document) ELSE json_quote(document) END, 'null')
  || '}' AS answer
