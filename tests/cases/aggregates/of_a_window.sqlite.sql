SELECT (
  SELECT '{"aggregate":{"count":'
    || CAST(count(*) AS TEXT)
    || ',"sum":{"pages":'
    || coalesce(CAST(sum(m2.pages) AS TEXT), 'null')
    || '}},"nodes":['
    || coalesce(group_concat('{"title":' || json_quote(m2.title) || '}', ','), '')
    || ']}' AS joined_1
  FROM (
    SELECT m1.pages AS pages, m1.title AS title
    FROM books AS m1
    ORDER BY m1.pages ASC
    LIMIT 2
    OFFSET ?
  ) AS m2
) AS f0,
  (
    SELECT '{"aggregate":{"count":' || CAST(count(*) AS TEXT) || '}}' AS joined_2
    FROM (
      SELECT m3.pages AS order_1
      FROM books AS m3
      ORDER BY m3.pages ASC
      LIMIT ?
      OFFSET ?
    ) AS m4
  ) AS f1,
  (
    SELECT '{"aggregate":{"count":'
      || CAST(count(*) AS TEXT)
      || ',"max":{"pages":'
      || coalesce(CAST(max(m5.pages) AS TEXT), 'null')
      || '}}}' AS joined_3
    FROM books AS m5
    WHERE EXISTS (
      SELECT 1
      FROM authors AS m6
      WHERE m5.author_id = m6.id AND (m6.name = ?)
    )
  ) AS f2,
  (
    SELECT '{"nodes":['
      || coalesce(
        group_concat(
          '{"title":'
            || json_quote(m8.title)
            || ',"author":'
            || CASE WHEN (m9.id IS NULL) THEN 'null' ELSE '{"name":'
            || json_quote(m9.name)
            || '}' END
            || '}',
          ','
        ),
        ''
      )
      || ']}' AS joined_4
    FROM (
      SELECT m7.title AS title, m7.author_id AS author_id
      FROM books AS m7
      ORDER BY m7.title ASC
    ) AS m8
    LEFT OUTER JOIN authors AS m9 ON m8.author_id = m9.id
  ) AS f3
