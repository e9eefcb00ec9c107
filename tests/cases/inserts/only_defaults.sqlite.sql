INSERT INTO notes(text)
VALUES (?)
RETURNING '{"id":'
  || CAST(id AS TEXT)
  || ',"text":'
  || json_quote(text)
  || ',"stars":'
  || CAST(stars AS TEXT)
  || '}' AS answer

INSERT INTO notes(text)
VALUES (?)
RETURNING 1 AS passes, id AS k0

INSERT INTO notes(text)
VALUES (?)
RETURNING 1 AS passes, id AS k0

INSERT INTO notes(text, stars)
VALUES (?, ?)
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT '{"id":'
    || CAST(m1.id AS TEXT)
    || ',"text":'
    || json_quote(m1.text)
    || ',"stars":'
    || CAST(m1.stars AS TEXT)
    || '}' AS joined_1
  FROM notes AS m1
  WHERE m1.id = ?
) AS anon_1
