SELECT '{"__typename":"BookConnection","totalCount":'
  || CAST(
    (
      SELECT count(*) AS count_1
      FROM books AS m3
      WHERE m3.in_print = $1::BOOLEAN
    ) AS TEXT
  )
  || ',"nodes":['
  || coalesce(
    array_to_string(
      (
        array_agg(
          '{"title":'
            || CAST(to_json(m2.title) AS TEXT)
            || ',"author":'
            || CASE WHEN (m4.id IS NULL) THEN 'null' ELSE '{"name":'
            || CAST(to_json(m4.name) AS TEXT)
            || '}' END
            || '}'
          ORDER BY m2.title ASC, m2.id ASC
        )
      ) [1 : 2],
      ','
    ),
    ''
  )
  || '],"edges":['
  || coalesce(
    array_to_string(
      (
        array_agg(
          '{"__typename":"BookEdge","node":{"__typename":"Book","title":'
            || CAST(to_json(m2.title) AS TEXT)
            || ',"reviews":['
            || coalesce(
              (
                SELECT string_agg('{"stars":' || CAST(m6.stars AS TEXT) || '}', ',') AS row_texts_1
                FROM (
                  SELECT m5.stars AS stars, m5.id AS order_1
                  FROM reviews AS m5
                  WHERE m2.id = m5.book_id
                  ORDER BY m5.id ASC
                ) AS m6
              ),
              ''
            )
            || ']}}'
          ORDER BY m2.title ASC, m2.id ASC
        )
      ) [1 : 2],
      ','
    ),
    ''
  )
  || '],"pageInfo":{"__typename":"PageInfo","hasNextPage":'
  || CASE WHEN (count(*) > 2) THEN 'true' ELSE 'false' END
  || '}}' AS joined_1
FROM (
  SELECT m1.title AS title, m1.author_id AS author_id, m1.id AS id
  FROM books AS m1
  WHERE m1.in_print = $2::BOOLEAN
  ORDER BY m1.title ASC, m1.id ASC
  LIMIT 3
) AS m2
LEFT OUTER JOIN authors AS m4 ON m2.author_id = m4.id
