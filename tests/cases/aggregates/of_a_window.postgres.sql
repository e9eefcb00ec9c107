SELECT (
  SELECT '{"aggregate":{"count":'
    || CAST(count(*) AS TEXT)
    || ',"sum":{"pages":'
    || coalesce(CAST(sum(m2.pages) AS TEXT), 'null')
    || '}},"nodes":['
    || coalesce(
      string_agg('{"title":' || CAST(to_json(m2.title) AS TEXT) || '}', ',' ORDER BY m2.pages ASC), ''
    )
    || ']}' AS joined_1
  FROM (
    SELECT m1.pages AS pages, m1.title AS title
    FROM books AS m1
    ORDER BY m1.pages ASC
    LIMIT 2
  ) AS m2
) AS f0,
  (
    SELECT '{"aggregate":{"count":' || CAST(count(*) AS TEXT) || '}}' AS joined_2
    FROM (
      SELECT m3.pages AS order_1
      FROM books AS m3
      ORDER BY m3.pages ASC
      LIMIT ALL
      OFFSET $1::BIGINT
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
      WHERE m5.author_id = m6.id AND (m6.name = $2::VARCHAR)
    )
  ) AS f2,
  (
    SELECT '{"nodes":['
      || coalesce(
        string_agg(
          '{"title":'
            || CAST(to_json(m8.title) AS TEXT)
            || ',"author":'
            || CASE WHEN (m9.id IS NULL) THEN 'null' ELSE '{"name":'
            || CAST(to_json(m9.name) AS TEXT)
            || '}' END
            || '}',
          ','
          ORDER BY m8.title ASC
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
