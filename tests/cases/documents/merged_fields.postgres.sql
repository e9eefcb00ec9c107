SELECT '{"name":'
  || CAST(to_json(m1.name) AS TEXT)
  || ',"books":['
  || coalesce(
    (
      SELECT string_agg(
        '{"id":'
          || CAST(m3.id AS TEXT)
          || ',"title":'
          || CAST(to_json(m3.title) AS TEXT)
          || ',"reviews":['
          || coalesce(
            (
              SELECT string_agg(
                '{"stars":'
                  || CAST(m4.stars AS TEXT)
                  || ',"text":'
                  || coalesce(CAST(to_json(m4.text) AS TEXT), 'null')
                  || '}',
                ','
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
WHERE m1.id = $1::INTEGER
