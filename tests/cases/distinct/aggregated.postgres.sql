SELECT '{"aggregate":{"count":'
  || CAST(count(*) AS TEXT)
  || ',"sum":{"pages":'
  || coalesce(CAST(sum(m2.pages) AS TEXT), 'null')
  || '}},"nodes":['
  || coalesce(
    string_agg(
      '{"title":' || CAST(to_json(m2.title) AS TEXT) || '}', ','
      ORDER BY m2.order_1 ASC, m2.pages DESC
    ),
    ''
  )
  || ']}' AS joined_1
FROM (
  SELECT DISTINCT ON (m1.genre) m1.pages AS pages, m1.title AS title, m1.genre AS order_1
  FROM books AS m1
  ORDER BY m1.genre ASC, m1.pages DESC
) AS m2
