WITH written AS (
  INSERT INTO kinds(id, document)
  VALUES ($1::INTEGER, CAST($2::VARCHAR AS JSONB))
  RETURNING kinds.id, kinds.text, kinds.flag, kinds.small, kinds.whole, kinds.big, kinds.exact, kinds.money,
    kinds.real, kinds.uuid, kinds.day, kinds.hour, kinds.local, kinds.moment, kinds.span, kinds.raw,
    kinds.document, kinds.words, kinds.numbers, kinds.color
)
SELECT (
  SELECT '{"document":' || coalesce(CAST(written.document AS TEXT), 'null') || '}' AS joined_1
  FROM written
) AS answer

WITH written AS (
  INSERT INTO kinds(id, document)
  VALUES ($1::INTEGER, CAST($2::VARCHAR AS JSONB))
  RETURNING kinds.id, kinds.text, kinds.flag, kinds.small, kinds.whole, kinds.big, kinds.exact, kinds.money,
    kinds.real, kinds.uuid, kinds.day, kinds.hour, kinds.local, kinds.moment, kinds.span, kinds.raw,
    kinds.document, kinds.words, kinds.numbers, kinds.color
)
SELECT (
  SELECT '{"document":' || coalesce(CAST(written.document AS TEXT), 'null') || '}' AS joined_1
  FROM written
) AS answer

WITH written AS (
  INSERT INTO kinds(id, document)
  VALUES ($1::INTEGER, CAST($2::VARCHAR AS JSONB))
  RETURNING kinds.id, kinds.text, kinds.flag, kinds.small, kinds.whole, kinds.big, kinds.exact, kinds.money,
    kinds.real, kinds.uuid, kinds.day, kinds.hour, kinds.local, kinds.moment, kinds.span, kinds.raw,
    kinds.document, kinds.words, kinds.numbers, kinds.color
)
SELECT (
  SELECT '{"document":' || coalesce(CAST(written.document AS TEXT), 'null') || '}' AS joined_1
  FROM written
) AS answer

WITH written AS (
  INSERT INTO kinds(id, document)
  VALUES ($1::INTEGER, CAST($2::VARCHAR AS JSONB))
  RETURNING kinds.id, kinds.text, kinds.flag, kinds.small, kinds.whole, kinds.big, kinds.exact, kinds.money,
    kinds.real, kinds.uuid, kinds.day, kinds.hour, kinds.local, kinds.moment, kinds.span, kinds.raw,
    kinds.document, kinds.words, kinds.numbers, kinds.color
)
SELECT (
  SELECT '{"document":' || coalesce(CAST(written.document AS TEXT), 'null') || '}' AS joined_1
  FROM written
) AS answer

WITH written AS (
  INSERT INTO kinds(id, document)
  VALUES ($1::INTEGER, CAST($2::VARCHAR AS JSONB))
  RETURNING kinds.id, kinds.text, kinds.flag, kinds.small, kinds.whole, kinds.big, kinds.exact, kinds.money,
    kinds.real, kinds.uuid, kinds.day, kinds.hour, kinds.local, kinds.moment, kinds.span, kinds.raw,
    kinds.document, kinds.words, kinds.numbers, kinds.color
)
SELECT (
  SELECT '{"document":' || coalesce(CAST(written.document AS TEXT), 'null') || '}' AS joined_1
  FROM written
) AS answer

WITH written AS (
  INSERT INTO kinds(id, document)
  VALUES ($1::INTEGER, CAST($2::VARCHAR AS JSONB))
  RETURNING kinds.id, kinds.text, kinds.flag, kinds.small, kinds.whole, kinds.big, kinds.exact, kinds.money,
    kinds.real, kinds.uuid, kinds.day, kinds.hour, kinds.local, kinds.moment, kinds.span, kinds.raw,
    kinds.document, kinds.words, kinds.numbers, kinds.color
)
SELECT (
  SELECT '{"document":' || coalesce(CAST(written.document AS TEXT), 'null') || '}' AS joined_1
  FROM written
) AS answer

WITH written AS (
  UPDATE kinds AS m1
  SET flag = $1::BOOLEAN
  WHERE m1.document IS NULL
  RETURNING m1.id, m1.text, m1.flag, m1.small, m1.whole, m1.big, m1.exact, m1.money, m1.real, m1.uuid, m1.day,
    m1.hour, m1.local, m1.moment, m1.span, m1.raw, m1.document, m1.words, m1.numbers, m1.color
)
SELECT '{"affectedRows":'
  || CAST(
    (
      SELECT count(*) AS count_1
      FROM written
    ) AS TEXT
  )
  || '}' AS answer
