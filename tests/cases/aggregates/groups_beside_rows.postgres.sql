WITH m3 AS (
  SELECT m2.title AS title, m2.author_id AS author_id, m2.genre AS genre
  FROM (
    SELECT m1.title AS title, m1.author_id AS author_id, m1.genre AS genre
    FROM books AS m1
    WHERE m1.pages > $1::INTEGER
    ORDER BY m1.title ASC
    LIMIT 5
  ) AS m2
  LIMIT $2::INTEGER
)
SELECT '{"aggregate":{"count":'
  || CAST(count(*) AS TEXT)
  || '},"nodes":['
  || coalesce(
    string_agg(
      '{"title":'
        || CAST(to_json(m3.title) AS TEXT)
        || ',"author":'
        || CASE WHEN (m4.id IS NULL) THEN 'null' ELSE '{"name":'
        || CAST(to_json(m4.name) AS TEXT)
        || '}' END
        || '}',
      ','
      ORDER BY m3.title ASC
    ),
    ''
  )
  || '],"genres":['
  || coalesce(
    (
      SELECT string_agg(m5.text, ',') AS row_texts_1
      FROM (
        SELECT '{"keys":{"genre":'
          || coalesce(CAST(to_json(m3.genre) AS TEXT), 'null')
          || '},"aggregate":{"count":'
          || CAST(count(*) AS TEXT)
          || '}}' AS text
        FROM m3
        GROUP BY m3.genre
        ORDER BY m3.genre ASC
        LIMIT 10000
      ) AS m5
    ),
    ''
  )
  || '],"authors":['
  || coalesce(
    (
      SELECT string_agg(m6.text, ',') AS row_texts_2
      FROM (
        SELECT '{"keys":{"authorId":'
          || coalesce(CAST(m3.author_id AS TEXT), 'null')
          || '},"aggregate":{"max":{"title":'
          || coalesce(CAST(to_json(max(m3.title)) AS TEXT), 'null')
          || '}}}' AS text
        FROM m3
        GROUP BY m3.author_id
        ORDER BY m3.author_id ASC
        LIMIT 10000
      ) AS m6
    ),
    ''
  )
  || ']}' AS joined_1
FROM m3
LEFT OUTER JOIN authors AS m4 ON m3.author_id = m4.id
