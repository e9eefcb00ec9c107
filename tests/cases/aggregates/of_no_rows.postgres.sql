SELECT '{"aggregate":{"count":'
  || CAST(count(*) AS TEXT)
  || ',"avg":{"pages":'
  || coalesce(CAST(to_json(CAST(avg(m1.pages) AS DOUBLE PRECISION)) AS TEXT), 'null')
  || '},"sum":{"pages":'
  || coalesce(CAST(sum(m1.pages) AS TEXT), 'null')
  || ',"price":'
  || coalesce(CAST(to_json(sum(m1.price)) AS TEXT), 'null')
  || '},"max":{"title":'
  || coalesce(CAST(to_json(max(m1.title)) AS TEXT), 'null')
  || ',"price":'
  || coalesce(CAST(to_json(max(m1.price)) AS TEXT), 'null')
  || ',"rating":'
  || coalesce(CAST(to_json(max(m1.rating)) AS TEXT), 'null')
  || '},"min":{"addedAt":'
  || coalesce(CAST(to_json(min(m1.added_at)) AS TEXT), 'null')
  || '}},"nodes":['
  || coalesce(string_agg('{"id":' || CAST(m1.id AS TEXT) || '}', ','), '')
  || ']}' AS joined_1
FROM books AS m1
WHERE m1.id < $1::INTEGER
