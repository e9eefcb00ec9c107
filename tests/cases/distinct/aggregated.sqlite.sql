SELECT '{"aggregate":{"count":'
  || CAST(count(*) AS TEXT)
  || ',"sum":{"pages":'
  || coalesce(CAST(sum(m2.pages) AS TEXT), 'null')
  || '}},"nodes":['
  || coalesce(group_concat('{"title":' || json_quote(m2.title) || '}', ','), '')
  || ']}' AS joined_1
FROM (
  SELECT numbered.pages AS pages, numbered.title AS title, numbered.order_1 AS order_1
  FROM (
    SELECT m1.pages AS pages, m1.title AS title, m1.genre AS order_1,
      row_number() OVER (PARTITION BY m1.genre ORDER BY m1.genre ASC, m1.pages DESC) AS place
    FROM books AS m1
  ) AS numbered
  WHERE numbered.place = 1
  ORDER BY numbered.order_1 ASC, numbered.pages DESC
) AS m2
