WITH m3 AS (
  SELECT m1.title AS title, m1.author_id AS author_id, m1.genre AS genre
  FROM books AS m1
  WHERE m1.pages > ?
  ORDER BY m1.title ASC
  LIMIT ?
  OFFSET ?
)
SELECT '{"aggregate":{"count":'
  || CAST(count(*) AS TEXT)
  || '},"nodes":['
  || coalesce(
    group_concat(
      '{"title":'
        || json_quote(m3.title)
        || ',"author":'
        || CASE WHEN (m4.id IS NULL) THEN 'null' ELSE '{"name":'
        || json_quote(m4.name)
        || '}' END
        || '}',
      ','
    ),
    ''
  )
  || '],"genres":['
  || coalesce(
    (
      SELECT group_concat(m5.text, ',') AS row_texts_1
      FROM (
        SELECT '{"keys":{"genre":'
          || coalesce(
            CASE
              WHEN (typeof(m3.genre) = 'blob') THEN json_quote(hex(m3.genre))
              ELSE json_quote(m3.genre)
            END,
            'null'
          )
          || '},"aggregate":{"count":'
          || CAST(count(*) AS TEXT)
          || '}}' AS text
        FROM m3
        GROUP BY m3.genre
        ORDER BY m3.genre ASC NULLS LAST
        LIMIT 10000
        OFFSET ?
      ) AS m5
    ),
    ''
  )
  || '],"authors":['
  || coalesce(
    (
      SELECT group_concat(m6.text, ',') AS row_texts_2
      FROM (
        SELECT '{"keys":{"authorId":'
          || coalesce(CAST(m3.author_id AS TEXT), 'null')
          || '},"aggregate":{"max":{"title":'
          || json_quote(max(m3.title))
          || '}}}' AS text
        FROM m3
        GROUP BY m3.author_id
        ORDER BY m3.author_id ASC NULLS LAST
        LIMIT 10000
        OFFSET ?
      ) AS m6
    ),
    ''
  )
  || ']}' AS joined_1
FROM m3
LEFT OUTER JOIN authors AS m4 ON m3.author_id = m4.id
