INSERT INTO log_lines(line, level)
VALUES (?, ?)
RETURNING 1 AS passes, line AS k0, level AS k1

INSERT INTO log_lines(level)
VALUES (?)
RETURNING 1 AS passes, line AS k0, level AS k1

UPDATE log_lines AS m1
SET level = (m1.level + ?)
WHERE m1.level >= ?
RETURNING 1 AS passes, line AS k0, level AS k1

DELETE FROM log_lines AS m1
WHERE m1.line = ?

SELECT group_concat(
  '{"line":' || json_quote(m2.line) || ',"level":' || coalesce(CAST(m2.level AS TEXT), 'null') || '}', ','
) AS row_texts_1
FROM (
  SELECT m1.line AS line, m1.level AS level
  FROM log_lines AS m1
  ORDER BY m1.level ASC NULLS LAST
) AS m2
