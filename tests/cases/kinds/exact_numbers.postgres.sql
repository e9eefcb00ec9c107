WITH written AS (
  INSERT INTO kinds(id, exact, money)
  VALUES ($1::INTEGER, CAST($2::VARCHAR AS NUMERIC), CAST($3::VARCHAR AS NUMERIC))
  RETURNING kinds.id, kinds.text, kinds.flag, kinds.small, kinds.whole, kinds.big, kinds.exact, kinds.money,
    kinds.real, kinds.uuid, kinds.day, kinds.hour, kinds.local, kinds.moment, kinds.span, kinds.raw,
    kinds.document, kinds.words, kinds.numbers, kinds.color
)
SELECT (
  SELECT '{"exact":'
    || coalesce(CAST(to_json(written.exact) AS TEXT), 'null')
    || ',"money":'
    || coalesce(CAST(to_json(written.money) AS TEXT), 'null')
    || '}' AS joined_1
  FROM written
) AS answer
