INSERT INTO kinds(id, document)
VALUES (?, ?)
RETURNING '{"document":'
  || coalesce(CASE WHEN json_valid(document) THEN json(document) ELSE json_quote(document) END, 'null')
  || '}' AS answer

INSERT INTO kinds(id, document)
VALUES (?, ?)
RETURNING '{"document":'
  || coalesce(CASE WHEN json_valid(document) THEN json(document) ELSE json_quote(document) END, 'null')
  || '}' AS answer

INSERT INTO kinds(id, document)
VALUES (?, ?)
RETURNING '{"document":'
  || coalesce(CASE WHEN json_valid(document) THEN json(document) ELSE json_quote(document) END, 'null')
  || '}' AS answer

INSERT INTO kinds(id, document)
VALUES (?, ?)
RETURNING '{"document":'
  || coalesce(CASE WHEN json_valid(document) THEN json(document) ELSE json_quote(document) END, 'null')
  || '}' AS answer

INSERT INTO kinds(id, document)
VALUES (?, ?)
RETURNING '{"document":'
  || coalesce(CASE WHEN json_valid(document) THEN json(document) ELSE json_quote(document) END, 'null')
  || '}' AS answer

INSERT INTO kinds(id, document)
VALUES (?, ?)
RETURNING '{"document":'
  || coalesce(CASE WHEN json_valid(document) THEN json(document) ELSE json_quote(document) END, 'null')
  || '}' AS answer

UPDATE kinds AS m1
SET flag = ?
WHERE m1.document IS NULL
RETURNING 1 AS passes, id AS k0
