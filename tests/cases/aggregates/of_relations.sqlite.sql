SELECT group_concat(
  '{"name":'
    || json_quote(m2.name)
    || ',"booksAggregate":'
    || (
      SELECT '{"aggregate":{"count":'
        || CAST(count(*) AS TEXT)
        || ',"sum":{"pages":'
        || coalesce(CAST(sum(m3.pages) AS TEXT), 'null')
        || '}},"nodes":['
        || coalesce(group_concat('{"title":' || json_quote(m3.title) || '}', ','), '')
        || ']}' AS joined_1
      FROM books AS m3
      WHERE m2.id = m3.author_id AND (m3.in_print = ?)
    )
    || '}',
  ','
) AS row_texts_1
FROM (
  SELECT m1.name AS name, m1.id AS id
  FROM authors AS m1
  ORDER BY m1.id ASC
) AS m2
