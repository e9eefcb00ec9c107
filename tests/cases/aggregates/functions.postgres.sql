SELECT '{"aggregate":{"count":'
  || CAST(count(*) AS TEXT)
  || ',"sum":{"pages":'
  || coalesce(CAST(sum(m1.pages) AS TEXT), 'null')
  || ',"price":'
  || coalesce(CAST(to_json(sum(m1.price)) AS TEXT), 'null')
  || '},"avg":{"pages":'
  || coalesce(CAST(to_json(CAST(avg(m1.pages) AS DOUBLE PRECISION)) AS TEXT), 'null')
  || '},"min":{"pages":'
  || coalesce(CAST(min(m1.pages) AS TEXT), 'null')
  || ',"title":'
  || coalesce(CAST(to_json(min(m1.title)) AS TEXT), 'null')
  || ',"price":'
  || coalesce(CAST(to_json(min(m1.price)) AS TEXT), 'null')
  || ',"published":'
  || coalesce(CAST(to_json(min(m1.published)) AS TEXT), 'null')
  || ',"addedAt":'
  || coalesce(CAST(to_json(min(m1.added_at)) AS TEXT), 'null')
  || '},"max":{"pages":'
  || coalesce(CAST(max(m1.pages) AS TEXT), 'null')
  || ',"title":'
  || coalesce(CAST(to_json(max(m1.title)) AS TEXT), 'null')
  || ',"price":'
  || coalesce(CAST(to_json(max(m1.price)) AS TEXT), 'null')
  || ',"published":'
  || coalesce(CAST(to_json(max(m1.published)) AS TEXT), 'null')
  || ',"addedAt":'
  || coalesce(CAST(to_json(max(m1.added_at)) AS TEXT), 'null')
  || '}}}' AS joined_1
FROM books AS m1
