SELECT (
  '{"__typename":"BookConnection","totalCount":'
    || CAST(
      (
        SELECT count(*) AS count_1
        FROM books AS m5
        WHERE m5.in_print = $1::BOOLEAN
      ) AS TEXT
    )
    || ',"nodes":['
    || coalesce(
      string_agg(
        CASE
          WHEN (m4.place <= 2)
            THEN (
              '{"title":'
                || CAST(to_json(m4.title) AS TEXT)
                || ',"author":'
                || CASE
                  WHEN (m6.id IS NULL) THEN 'null'
                  ELSE ('{"name":' || CAST(to_json(m6.name) AS TEXT) || '}')
                END
                || '}'
            )
        END,
        ','
        ORDER BY m4.place
      ),
      ''
    )
    || '],"edges":['
    || coalesce(
      string_agg(
        CASE
          WHEN (m4.place <= 2)
            THEN (
              '{"__typename":"BookEdge","node":{"__typename":"Book","title":'
                || CAST(to_json(m4.title) AS TEXT)
                || ',"reviews":['
                || coalesce(
                  (
                    SELECT string_agg(('{"stars":' || CAST(m8.stars AS TEXT) || '}'), ',') AS row_texts_1
                    FROM (
                      SELECT m7.stars AS stars, m7.id AS order_1
                      FROM reviews AS m7
                      WHERE m4.id = m7.book_id
                      ORDER BY m7.id ASC
                    ) AS m8
                  ),
                  ''
                )
                || ']}}'
            )
        END,
        ','
        ORDER BY m4.place
      ),
      ''
    )
    || '],"pageInfo":{"__typename":"PageInfo","hasNextPage":'
    || CASE WHEN (max(m4.found) > 2) THEN 'true' ELSE 'false' END
    || '}}'
) AS joined_1
FROM (
  SELECT m3.title AS title, m3.author_id AS author_id, m3.id AS id, m3.place AS place, m3.found AS found
  FROM (
    SELECT m2.title AS title, m2.author_id AS author_id, m2.id AS id,
      row_number() OVER (ORDER BY m2.title ASC, m2.id ASC) AS place, count(*) OVER () AS found
    FROM (
      SELECT m1.title AS title, m1.author_id AS author_id, m1.id AS id
      FROM books AS m1
      WHERE m1.in_print = $2::BOOLEAN
      ORDER BY m1.title ASC, m1.id ASC
      LIMIT 3
    ) AS m2
  ) AS m3
  ORDER BY m3.place
) AS m4
LEFT OUTER JOIN authors AS m6 ON m4.author_id = m6.id
