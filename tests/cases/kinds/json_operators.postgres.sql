WITH written AS (
  UPDATE kinds AS m1
  SET document = CAST($1::VARCHAR AS JSONB)
  WHERE m1.id = $2::INTEGER
  RETURNING m1.id, m1.text, m1.flag, m1.small, m1.whole, m1.big, m1.exact, m1.money, m1.real, m1.uuid, m1.day,
    m1.hour, m1.local, m1.moment, m1.span, m1.raw, m1.document, m1.words, m1.numbers, m1.color
)
SELECT (
  SELECT '{"document":' || coalesce(CAST(written.document AS TEXT), 'null') || '}' AS joined_1
  FROM written
) AS answer

WITH written AS (
  UPDATE kinds AS m1
  SET document = (m1.document || CAST($1::VARCHAR AS JSONB))
  WHERE m1.id = $2::INTEGER
  RETURNING m1.id, m1.text, m1.flag, m1.small, m1.whole, m1.big, m1.exact, m1.money, m1.real, m1.uuid, m1.day,
    m1.hour, m1.local, m1.moment, m1.span, m1.raw, m1.document, m1.words, m1.numbers, m1.color
)
SELECT (
  SELECT '{"document":' || coalesce(CAST(written.document AS TEXT), 'null') || '}' AS joined_1
  FROM written
) AS answer

WITH written AS (
  UPDATE kinds AS m1
  SET document = (CAST($1::VARCHAR AS JSONB) || m1.document)
  WHERE m1.id = $2::INTEGER
  RETURNING m1.id, m1.text, m1.flag, m1.small, m1.whole, m1.big, m1.exact, m1.money, m1.real, m1.uuid, m1.day,
    m1.hour, m1.local, m1.moment, m1.span, m1.raw, m1.document, m1.words, m1.numbers, m1.color
)
SELECT (
  SELECT '{"document":' || coalesce(CAST(written.document AS TEXT), 'null') || '}' AS joined_1
  FROM written
) AS answer

WITH written AS (
  UPDATE kinds AS m1
  SET document = (m1.document - $1::VARCHAR)
  WHERE m1.id = $2::INTEGER
  RETURNING m1.id, m1.text, m1.flag, m1.small, m1.whole, m1.big, m1.exact, m1.money, m1.real, m1.uuid, m1.day,
    m1.hour, m1.local, m1.moment, m1.span, m1.raw, m1.document, m1.words, m1.numbers, m1.color
)
SELECT (
  SELECT '{"document":' || coalesce(CAST(written.document AS TEXT), 'null') || '}' AS joined_1
  FROM written
) AS answer

WITH written AS (
  UPDATE kinds AS m1
  SET document = (m1.document #- $1::VARCHAR[])
  WHERE m1.id = $2::INTEGER
  RETURNING m1.id, m1.text, m1.flag, m1.small, m1.whole, m1.big, m1.exact, m1.money, m1.real, m1.uuid, m1.day,
    m1.hour, m1.local, m1.moment, m1.span, m1.raw, m1.document, m1.words, m1.numbers, m1.color
)
SELECT (
  SELECT '{"document":' || coalesce(CAST(written.document AS TEXT), 'null') || '}' AS joined_1
  FROM written
) AS answer

WITH written AS (
  UPDATE kinds AS m1
  SET document = CAST($1::VARCHAR AS JSONB)
  WHERE m1.id = $2::INTEGER
  RETURNING m1.id, m1.text, m1.flag, m1.small, m1.whole, m1.big, m1.exact, m1.money, m1.real, m1.uuid, m1.day,
    m1.hour, m1.local, m1.moment, m1.span, m1.raw, m1.document, m1.words, m1.numbers, m1.color
)
SELECT (
  SELECT '{"document":' || coalesce(CAST(written.document AS TEXT), 'null') || '}' AS joined_1
  FROM written
) AS answer

WITH written AS (
  UPDATE kinds AS m1
  SET document = (m1.document || CAST($1::VARCHAR AS JSONB))
  WHERE m1.id = $2::INTEGER
  RETURNING m1.id, m1.text, m1.flag, m1.small, m1.whole, m1.big, m1.exact, m1.money, m1.real, m1.uuid, m1.day,
    m1.hour, m1.local, m1.moment, m1.span, m1.raw, m1.document, m1.words, m1.numbers, m1.color
)
SELECT (
  SELECT '{"document":' || coalesce(CAST(written.document AS TEXT), 'null') || '}' AS joined_1
  FROM written
) AS answer

WITH written AS (
  UPDATE kinds AS m1
  SET document = (m1.document - $1::INTEGER)
  WHERE m1.id = $2::INTEGER
  RETURNING m1.id, m1.text, m1.flag, m1.small, m1.whole, m1.big, m1.exact, m1.money, m1.real, m1.uuid, m1.day,
    m1.hour, m1.local, m1.moment, m1.span, m1.raw, m1.document, m1.words, m1.numbers, m1.color
)
SELECT (
  SELECT '{"document":' || coalesce(CAST(written.document AS TEXT), 'null') || '}' AS joined_1
  FROM written
) AS answer
