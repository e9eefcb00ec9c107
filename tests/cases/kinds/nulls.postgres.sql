SELECT string_agg(
  '{"id":'
    || CAST(m1.id AS TEXT)
    || ',"text":'
    || coalesce(CAST(to_json(m1.text) AS TEXT), 'null')
    || ',"flag":'
    || coalesce(CAST(m1.flag AS TEXT), 'null')
    || ',"small":'
    || coalesce(CAST(m1.small AS TEXT), 'null')
    || ',"whole":'
    || coalesce(CAST(m1.whole AS TEXT), 'null')
    || ',"big":'
    || coalesce(CAST(m1.big AS TEXT), 'null')
    || ',"uuid":'
    || coalesce('"' || CAST(m1.uuid AS TEXT) || '"', 'null')
    || ',"day":'
    || coalesce(CAST(to_json(m1.day) AS TEXT), 'null')
    || ',"hour":'
    || coalesce(CAST(to_json(m1.hour) AS TEXT), 'null')
    || ',"local":'
    || coalesce(CAST(to_json(m1.local) AS TEXT), 'null')
    || ',"moment":'
    || coalesce(CAST(to_json(m1.moment) AS TEXT), 'null')
    || ',"document":'
    || coalesce(CAST(m1.document AS TEXT), 'null')
    || ',"words":'
    || coalesce(CAST(to_json(m1.words) AS TEXT), 'null')
    || ',"numbers":'
    || coalesce(CAST(to_json(m1.numbers) AS TEXT), 'null')
    || ',"color":'
    || coalesce(CAST(to_json(m1.color) AS TEXT), 'null')
    || '}',
  ','
) AS row_texts_1
FROM kinds AS m1
