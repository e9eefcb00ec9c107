SELECT (
  SELECT group_concat(
    '{"title":'
      || json_quote(m2.title)
      || ',"pages":'
      || CAST(m2.pages AS TEXT)
      || ',"author":'
      || CASE WHEN (m3.id IS NULL) THEN 'null' ELSE '{"name":'
      || json_quote(m3.name)
      || '}' END
      || '}',
    ','
  ) AS row_texts_1
  FROM (
    SELECT m1.title AS title, m1.pages AS pages, m1.author_id AS author_id, m1.id AS order_1
    FROM books AS m1
    ORDER BY m1.id ASC
    LIMIT 1
    OFFSET ?
  ) AS m2
  LEFT OUTER JOIN authors AS m3 ON m2.author_id = m3.id
) AS f0,
  (
    SELECT group_concat(
      '{"name":'
        || json_quote(m5.name)
        || ',"born":'
        || coalesce(CAST(m5.born AS TEXT), 'null')
        || ',"id":'
        || CAST(m5.id AS TEXT)
        || '}',
      ','
    ) AS row_texts_2
    FROM (
      SELECT m4.name AS name, m4.born AS born, m4.id AS id
      FROM authors AS m4
      ORDER BY m4.id ASC
      LIMIT 2
      OFFSET ?
    ) AS m5
  ) AS f1
