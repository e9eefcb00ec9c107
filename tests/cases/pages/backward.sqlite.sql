SELECT (
  SELECT (
    '{"edges":['
      || coalesce(
        group_concat(
          CASE
            WHEN (m4.place <= 2)
              THEN (
                '{"cursor":"'
                  || lower(hex(('["1a2aff21",' || coalesce(CAST(m4.id AS TEXT), 'null') || ']')))
                  || '","node":{"id":'
                  || CAST(m4.id AS TEXT)
                  || '}}'
              )
          END,
          ','
        ),
        ''
      )
      || '],"pageInfo":{"hasNextPage":false,"hasPreviousPage":'
      || CASE WHEN (max(m4.found) > 2) THEN 'true' ELSE 'false' END
      || ',"startCursor":'
      || coalesce(
        max(
          CASE
            WHEN (m4.place = CASE WHEN (m4.found > 2) THEN 2 ELSE m4.found END)
              THEN (
                '"' || lower(hex(('["1a2aff21",' || coalesce(CAST(m4.id AS TEXT), 'null') || ']'))) || '"'
              )
          END
        ),
        'null'
      )
      || ',"endCursor":'
      || coalesce(
        max(
          CASE
            WHEN (m4.place = 1)
              THEN (
                '"' || lower(hex(('["1a2aff21",' || coalesce(CAST(m4.id AS TEXT), 'null') || ']'))) || '"'
              )
          END
        ),
        'null'
      )
      || '}}'
  ) AS joined_1
  FROM (
    SELECT m3.id AS id, m3.place AS place, m3.found AS found
    FROM (
      SELECT m2.id AS id, row_number() OVER (ORDER BY m2.id DESC) AS place, count(*) OVER () AS found
      FROM (
        SELECT m1.id AS id
        FROM books AS m1
        ORDER BY m1.id DESC
        LIMIT 3
        OFFSET ?
      ) AS m2
    ) AS m3
    ORDER BY m3.place DESC
  ) AS m4
) AS f0,
  (
    SELECT (
      '{"edges":['
        || coalesce(
          group_concat(
            CASE WHEN (m8.place <= 2) THEN ('{"node":{"title":' || json_quote(m8.title) || '}}') END, ','
          ),
          ''
        )
        || ']}'
    ) AS joined_2
    FROM (
      SELECT m7.title AS title, m7.order_2 AS order_2, m7.place AS place, m7.found AS found
      FROM (
        SELECT m6.title AS title, m6.order_2 AS order_2,
          row_number() OVER (ORDER BY m6.title DESC, m6.order_2 DESC) AS place, count(*) OVER () AS found
        FROM (
          SELECT m5.title AS title, m5.id AS order_2
          FROM books AS m5
          ORDER BY m5.title DESC, m5.id DESC
          LIMIT 3
          OFFSET ?
        ) AS m6
      ) AS m7
      ORDER BY m7.place DESC
    ) AS m8
  ) AS f1
