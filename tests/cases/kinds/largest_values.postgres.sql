WITH written AS (
  INSERT INTO kinds(
    id, text, flag, small, whole, big, real, uuid, day, hour, local, moment, raw, document, words, numbers,
    color
  )
  VALUES (
    $1::INTEGER, $2::VARCHAR, $3::BOOLEAN, $4::SMALLINT, $5::INTEGER, $6::BIGINT, $7::FLOAT, $8::UUID,
    CAST($9::VARCHAR AS DATE), CAST($10::VARCHAR AS TIME WITHOUT TIME ZONE),
    CAST($11::VARCHAR AS TIMESTAMP WITHOUT TIME ZONE), CAST($12::VARCHAR AS TIMESTAMP WITH TIME ZONE),
    CAST($13::VARCHAR AS BYTEA), CAST($14::VARCHAR AS JSONB), $15::VARCHAR[], $16::BIGINT[],
    CAST($17::VARCHAR AS VARCHAR(64))
  )
  RETURNING kinds.id, kinds.text, kinds.flag, kinds.small, kinds.whole, kinds.big, kinds.exact, kinds.money,
    kinds.real, kinds.uuid, kinds.day, kinds.hour, kinds.local, kinds.moment, kinds.span, kinds.raw,
    kinds.document, kinds.words, kinds.numbers, kinds.color
)
SELECT (
  SELECT '{"text":'
    || coalesce(CAST(to_json(written.text) AS TEXT), 'null')
    || ',"flag":'
    || coalesce(CAST(written.flag AS TEXT), 'null')
    || ',"small":'
    || coalesce(CAST(written.small AS TEXT), 'null')
    || ',"whole":'
    || coalesce(CAST(written.whole AS TEXT), 'null')
    || ',"big":'
    || coalesce(CAST(written.big AS TEXT), 'null')
    || ',"real":'
    || coalesce(CAST(to_json(written.real) AS TEXT), 'null')
    || ',"uuid":'
    || coalesce('"' || CAST(written.uuid AS TEXT) || '"', 'null')
    || ',"day":'
    || coalesce(CAST(to_json(written.day) AS TEXT), 'null')
    || ',"hour":'
    || coalesce(CAST(to_json(written.hour) AS TEXT), 'null')
    || ',"local":'
    || coalesce(CAST(to_json(written.local) AS TEXT), 'null')
    || ',"moment":'
    || coalesce(CAST(to_json(written.moment) AS TEXT), 'null')
    || ',"raw":'
    || coalesce(CAST(to_json(written.raw) AS TEXT), 'null')
    || ',"document":'
    || coalesce(CAST(written.document AS TEXT), 'null')
    || ',"words":'
    || coalesce(CAST(to_json(written.words) AS TEXT), 'null')
    || ',"numbers":'
    || coalesce(CAST(to_json(written.numbers) AS TEXT), 'null')
    || ',"color":'
    || coalesce(CAST(to_json(written.color) AS TEXT), 'null')
    || '}' AS joined_1
  FROM written
) AS answer
