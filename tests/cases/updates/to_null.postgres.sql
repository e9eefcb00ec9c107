WITH written AS (
  UPDATE customers AS m1
  SET email = $1::VARCHAR, "limit" = $2::INTEGER
  WHERE m1.id = $3::INTEGER
  RETURNING m1.id, m1.name, m1.email, m1."limit", m1.org
)
SELECT (
  SELECT '{"id":'
    || CAST(written.id AS TEXT)
    || ',"limit":'
    || coalesce(CAST(written."limit" AS TEXT), 'null')
    || ',"email":'
    || coalesce(CAST(to_json(written.email) AS TEXT), 'null')
    || '}' AS joined_1
  FROM written
) AS answer
