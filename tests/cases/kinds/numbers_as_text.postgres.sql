WITH written AS (
  INSERT INTO kinds(id, small, whole, big, exact, real)
  VALUES ($1::INTEGER, $2::SMALLINT, $3::INTEGER, $4::BIGINT, CAST($5::VARCHAR AS NUMERIC), $6::FLOAT)
  RETURNING kinds.id, kinds.text, kinds.flag, kinds.small, kinds.whole, kinds.big, kinds.exact, kinds.money,
    kinds.real, kinds.uuid, kinds.day, kinds.hour, kinds.local, kinds.moment, kinds.span, kinds.raw,
    kinds.document, kinds.words, kinds.numbers, kinds.color
)
SELECT (
  SELECT '{"small":'
    || coalesce(CAST(written.small AS TEXT), 'null')
    || ',"whole":'
    || coalesce(CAST(written.whole AS TEXT), 'null')
    || ',"big":'
    || coalesce(CAST(written.big AS TEXT), 'null')
    || ',"exact":'
    || coalesce(CAST(to_json(written.exact) AS TEXT), 'null')
    || ',"real":'
    || coalesce(CAST(to_json(written.real) AS TEXT), 'null')
    || '}' AS joined_1
  FROM written
) AS answer
