SELECT string_agg(
  '{"exact":'
    || coalesce(CAST(to_json(m1.exact) AS TEXT), 'null')
    || ',"money":'
    || coalesce(CAST(to_json(m1.money) AS TEXT), 'null')
    || ',"real":'
    || coalesce(CAST(to_json(m1.real) AS TEXT), 'null')
    || ',"raw":'
    || coalesce(CAST(to_json(m1.raw) AS TEXT), 'null')
    || '}',
  ','
) AS row_texts_1
FROM kinds AS m1
