SELECT '{"__typename":"BookConnection","totalCount":'
  || CAST(
    (
      SELECT count(*) AS count_1
      FROM books AS m4
      WHERE m4.in_print = ?
    ) AS TEXT
  )
  || ',"nodes":['
  || coalesce(
    group_concat(
      '{"title":'
        || json_quote(m3.title)
        || ',"author":'
        || CASE WHEN (m5.id IS NULL) THEN 'null' ELSE '{"name":'
        || json_quote(m5.name)
        || '}' END
        || '}',
      ','
    ) FILTER(WHERE m3.place <= 2),
    ''
  )
  || '],"edges":['
  || coalesce(
    group_concat(
      '{"__typename":"BookEdge","node":{"__typename":"Book","title":'
        || json_quote(m3.title)
        || ',"reviews":['
        || coalesce(
          (
            SELECT group_concat('{"stars":' || CAST(m7.stars AS TEXT) || '}', ',') AS row_texts_1
            FROM (
              SELECT m6.stars AS stars, m6.id AS order_1
              FROM reviews AS m6
              WHERE m3.id = m6.book_id
              ORDER BY m6.id ASC
            ) AS m7
          ),
          ''
        )
        || ']}}',
      ','
    ) FILTER(WHERE m3.place <= 2),
    ''
  )
  || '],"pageInfo":{"__typename":"PageInfo","hasNextPage":'
  || CASE WHEN (max(m3.found) > 2) THEN 'true' ELSE 'false' END
  || '}}' AS joined_1
FROM (
  SELECT m2.title AS title, m2.author_id AS author_id, m2.id AS id,
    row_number() OVER (ORDER BY m2.title ASC, m2.id ASC) AS place, count(*) OVER () AS found
  FROM (
    SELECT m1.title AS title, m1.author_id AS author_id, m1.id AS id
    FROM books AS m1
    WHERE m1.in_print = ?
    ORDER BY m1.title ASC, m1.id ASC
    LIMIT 3
    OFFSET ?
  ) AS m2
  ORDER BY place
) AS m3
LEFT OUTER JOIN authors AS m5 ON m3.author_id = m5.id
