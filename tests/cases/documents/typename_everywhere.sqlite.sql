SELECT group_concat(
  '{"__typename":"Author","profile":'
    || CASE WHEN (m3.author_id IS NULL) THEN 'null' ELSE '{"__typename":"Profile"}' END
    || ',"books":['
    || coalesce(
      (
        SELECT group_concat(
          '{"__typename":"Book","author":'
            || CASE WHEN (m6.id IS NULL) THEN 'null' ELSE '{"__typename":"Author"}' END
            || '}',
          ','
        ) AS row_texts_2
        FROM (
          SELECT m4.author_id AS author_id, m4.id AS order_1
          FROM books AS m4
          WHERE m2.id = m4.author_id
          ORDER BY m4.id ASC
        ) AS m5
        LEFT OUTER JOIN authors AS m6 ON m5.author_id = m6.id
      ),
      ''
    )
    || '],"booksAggregate":'
    || (
      SELECT '{"__typename":"BookAggregate","aggregate":{"__typename":"BookAggregateFields","count":'
        || CAST(count(*) AS TEXT)
        || ',"max":{"__typename":"BookMaxFields","pages":'
        || coalesce(CAST(max(m7.pages) AS TEXT), 'null')
        || '}},"nodes":['
        || coalesce(group_concat('{"__typename":"Book"}', ','), '')
        || ']}' AS joined_1
      FROM books AS m7
      WHERE m2.id = m7.author_id
    )
    || '}',
  ','
) AS row_texts_1
FROM (
  SELECT m1.id AS id
  FROM authors AS m1
  ORDER BY m1.id ASC
  LIMIT 1
  OFFSET ?
) AS m2
LEFT OUTER JOIN profiles AS m3 ON m2.id = m3.author_id
