SELECT '{"name":'
  || json_quote(m1.name)
  || ',"books":['
  || coalesce(
    (
      SELECT group_concat(
        '{"id":'
          || CAST(m3.id AS TEXT)
          || ',"title":'
          || json_quote(m3.title)
          || ',"reviews":['
          || coalesce(
            (
              SELECT group_concat(
                '{"stars":' || CAST(m4.stars AS TEXT) || ',"text":' || json_quote(m4.text) || '}', ','
              ) AS row_texts_2
              FROM reviews AS m4
              WHERE m3.id = m4.book_id
            ),
            ''
          )
          || ']}',
        ','
      ) AS row_texts_1
      FROM (
        SELECT m2.id AS id, m2.title AS title
        FROM books AS m2
        WHERE m1.id = m2.author_id
        ORDER BY m2.id ASC
      ) AS m3
    ),
    ''
  )
  || '],"born":'
  || coalesce(CAST(m1.born AS TEXT), 'null')
  || '}' AS joined_1
FROM authors AS m1
WHERE m1.id = ?
