WITH written AS (
  INSERT INTO notes(text)
  VALUES ($1::VARCHAR)
  RETURNING notes.id, notes.text, notes.stars
)
SELECT (
  SELECT '{"id":'
    || CAST(written.id AS TEXT)
    || ',"text":'
    || coalesce(CAST(to_json(written.text) AS TEXT), 'null')
    || ',"stars":'
    || CAST(written.stars AS TEXT)
    || '}' AS joined_1
  FROM written
) AS answer

WITH written AS (
  INSERT INTO notes(text)
  VALUES ($1::VARCHAR)
  RETURNING notes.id, notes.text, notes.stars
)
SELECT true AS passes, CAST(written.id AS TEXT) AS k0
FROM written

WITH written AS (
  INSERT INTO notes(text)
  VALUES ($1::VARCHAR)
  RETURNING notes.id, notes.text, notes.stars
)
SELECT true AS passes, CAST(written.id AS TEXT) AS k0
FROM written

WITH written AS (
  INSERT INTO notes(text, stars)
  VALUES ($1::VARCHAR, $2::INTEGER)
  RETURNING notes.id, notes.text, notes.stars
)
SELECT true AS passes, CAST(written.id AS TEXT) AS k0
FROM written

SELECT (
  SELECT '{"id":'
    || CAST(m1.id AS TEXT)
    || ',"text":'
    || coalesce(CAST(to_json(m1.text) AS TEXT), 'null')
    || ',"stars":'
    || CAST(m1.stars AS TEXT)
    || '}' AS joined_1
  FROM notes AS m1
  WHERE m1.id = CAST($1::VARCHAR AS INTEGER)
) AS anon_1
