SELECT (
  SELECT '{"edges":['
    || coalesce(
      group_concat(
        '{"cursor":"'
          || lower(hex('["1a2aff21",' || coalesce(CAST(m3.id AS TEXT), 'null') || ']'))
          || '","node":{"id":'
          || CAST(m3.id AS TEXT)
          || '}}',
        ','
      ) FILTER(WHERE m3.place <= 2),
      ''
    )
    || '],"pageInfo":{"hasNextPage":false,"hasPreviousPage":'
    || CASE WHEN (max(m3.found) > 2) THEN 'true' ELSE 'false' END
    || ',"startCursor":'
    || coalesce(
      max(
        CASE WHEN (m3.place = CASE WHEN (m3.found > 2) THEN 2 ELSE m3.found END AND m3.place <= 2) THEN '"'
          || lower(hex('["1a2aff21",' || coalesce(CAST(m3.id AS TEXT), 'null') || ']'))
          || '"' END
      ),
      'null'
    )
    || ',"endCursor":'
    || coalesce(
      max(
        CASE WHEN (m3.place = 1 AND m3.place <= 2) THEN '"'
          || lower(hex('["1a2aff21",' || coalesce(CAST(m3.id AS TEXT), 'null') || ']'))
          || '"' END
      ),
      'null'
    )
    || '}}' AS joined_1
  FROM (
    SELECT m2.id AS id, row_number() OVER (ORDER BY m2.id DESC) AS place, count(*) OVER () AS found
    FROM (
      SELECT m1.id AS id
      FROM books AS m1
      ORDER BY m1.id DESC
      LIMIT 3
      OFFSET ?
    ) AS m2
    ORDER BY place DESC
  ) AS m3
) AS f0,
  (
    SELECT '{"edges":['
      || coalesce(
        group_concat('{"node":{"title":' || json_quote(m6.title) || '}}', ',') FILTER(WHERE m6.place <= 2), ''
      )
      || ']}' AS joined_2
    FROM (
      SELECT m5.title AS title, m5.order_2 AS order_2,
        row_number() OVER (ORDER BY m5.title DESC, m5.order_2 DESC) AS place, count(*) OVER () AS found
      FROM (
        SELECT m4.title AS title, m4.id AS order_2
        FROM books AS m4
        ORDER BY m4.title DESC, m4.id DESC
        LIMIT 3
        OFFSET ?
      ) AS m5
      ORDER BY place DESC
    ) AS m6
  ) AS f1
