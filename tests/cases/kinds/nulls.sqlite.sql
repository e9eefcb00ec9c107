SELECT group_concat(
  '{"id":'
    || CAST(m1.id AS TEXT)
    || ',"text":'
    || json_quote(m1.text)
    || ',"flag":'
    || coalesce(CASE WHEN (m1.flag IS NULL) THEN NULL WHEN m1.flag THEN 'true' ELSE 'false' END, 'null')
    || ',"small":'
    || coalesce(CAST(m1.small AS TEXT), 'null')
    || ',"whole":'
    || coalesce(CAST(m1.whole AS TEXT), 'null')
    || ',"big":'
    || coalesce(CAST(m1.big AS TEXT), 'null')
    || ',"uuid":'
    || coalesce(
      '"'
        || substr(m1.uuid, 1, 8)
        || '-'
        || substr(m1.uuid, 9, 4)
        || '-'
        || substr(m1.uuid, 13, 4)
        || '-'
        || substr(m1.uuid, 17, 4)
        || '-'
        || substr(m1.uuid, 21, 12)
        || '"',
      'null'
    )
    || ',"day":'
    || json_quote(m1.day)
    || ',"hour":'
    || coalesce('"' || substr(m1.hour, 1, 8) || rtrim(rtrim(substr(m1.hour, 9), '0'), '.') || '"', 'null')
    || ',"local":'
    || coalesce(
      '"'
        || replace(substr(m1.local, 1, 19) || rtrim(rtrim(substr(m1.local, 20), '0'), '.'), ' ', 'T')
        || '"',
      'null'
    )
    || ',"moment":'
    || coalesce(
      '"'
        || replace(substr(m1.moment, 1, 19) || rtrim(rtrim(substr(m1.moment, 20), '0'), '.'), ' ', 'T')
        || '+00:00"',
      'null'
    )
    || ',"document":'
    || coalesce(
      CASE WHEN json_valid(m1.document) THEN json(m1.document) ELSE json_quote(m1.document) END, 'null'
    )
    || ',"words":'
    || coalesce(CASE WHEN json_valid(m1.words) THEN json(m1.words) ELSE json_quote(m1.words) END, 'null')
    || ',"numbers":'
    || coalesce(
      CASE WHEN json_valid(m1.numbers) THEN json(m1.numbers) ELSE json_quote(m1.numbers) END, 'null'
    )
    || ',"color":'
    || coalesce(
      CASE WHEN (typeof(m1.color) = 'blob') THEN json_quote(hex(m1.color)) ELSE json_quote(m1.color) END,
      'null'
    )
    || '}',
  ','
) AS row_texts_1
FROM kinds AS m1
