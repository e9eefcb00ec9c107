WITH written AS (
  INSERT INTO log_lines(line, level)
  VALUES ($1::VARCHAR, $2::INTEGER)
  RETURNING log_lines.line, log_lines.level
)
SELECT true AS passes, CAST(written.line AS TEXT) AS k0, CAST(written.level AS TEXT) AS k1
FROM written

WITH written AS (
  INSERT INTO log_lines(level)
  VALUES ($1::INTEGER)
  RETURNING log_lines.line, log_lines.level
)
SELECT true AS passes, CAST(written.line AS TEXT) AS k0, CAST(written.level AS TEXT) AS k1
FROM written

WITH written AS (
  UPDATE log_lines AS m1
  SET level = (m1.level + $1::INTEGER)
  WHERE m1.level >= $2::INTEGER
  RETURNING m1.line, m1.level
)
SELECT '{"affectedRows":'
  || CAST(
    (
      SELECT count(*) AS count_1
      FROM written
    ) AS TEXT
  )
  || '}' AS answer

WITH written AS (
  DELETE FROM log_lines AS m1
  WHERE m1.line = $1::VARCHAR
  RETURNING m1.line, m1.level
)
SELECT '{"affectedRows":'
  || CAST(
    (
      SELECT count(*) AS count_1
      FROM written
    ) AS TEXT
  )
  || '}' AS answer

SELECT string_agg(
  '{"line":'
    || coalesce(CAST(to_json(m2.line) AS TEXT), 'null')
    || ',"level":'
    || coalesce(CAST(m2.level AS TEXT), 'null')
    || '}',
  ','
) AS row_texts_1
FROM (
  SELECT m1.line AS line, m1.level AS level
  FROM log_lines AS m1
  ORDER BY m1.level ASC
) AS m2
