WITH written AS (
  INSERT INTO kinds(id, hour)
  VALUES ($1::INTEGER, CAST($2::VARCHAR AS TIME WITHOUT TIME ZONE))
  RETURNING kinds.id, kinds.text, kinds.flag, kinds.small, kinds.whole, kinds.big, kinds.exact, kinds.money,
    kinds.real, kinds.uuid, kinds.day, kinds.hour, kinds.local, kinds.moment, kinds.span, kinds.raw,
    kinds.document, kinds.words, kinds.numbers, kinds.color
)
SELECT (
  SELECT '{"hour":' || coalesce(CAST(to_json(written.hour) AS TEXT), 'null') || '}' AS joined_1
  FROM written
) AS answer
