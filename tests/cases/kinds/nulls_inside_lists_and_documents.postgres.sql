WITH written AS (
  INSERT INTO kinds(id, document, words, numbers)
  VALUES ($1::INTEGER, CAST($2::VARCHAR AS JSONB), $3::VARCHAR[], $4::BIGINT[])
  RETURNING kinds.id, kinds.text, kinds.flag, kinds.small, kinds.whole, kinds.big, kinds.exact, kinds.money,
    kinds.real, kinds.uuid, kinds.day, kinds.hour, kinds.local, kinds.moment, kinds.span, kinds.raw,
    kinds.document, kinds.words, kinds.numbers, kinds.color
)
SELECT (
  SELECT '{"words":'
    || coalesce(CAST(to_json(written.words) AS TEXT), 'null')
    || ',"numbers":'
    || coalesce(CAST(to_json(written.numbers) AS TEXT), 'null')
    || ',"document":'
    || coalesce(CAST(written.document AS TEXT), 'null')
    || '}' AS joined_1
  FROM written
) AS answer
