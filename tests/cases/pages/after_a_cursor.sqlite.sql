SELECT '{"edges":['
  || coalesce(
    group_concat('{"node":{"id":' || CAST(m3.id AS TEXT) || '}}', ',') FILTER(WHERE m3.place <= 2), ''
  )
  || '],"pageInfo":{"hasNextPage":'
  || CASE WHEN (max(m3.found) > 2) THEN 'true' ELSE 'false' END
  || ',"hasPreviousPage":true,"startCursor":'
  || coalesce(
    max(
      CASE WHEN (m3.place = 1 AND m3.place <= 2) THEN '"'
        || lower(hex('["1a2aff21",' || coalesce(CAST(m3.id AS TEXT), 'null') || ']'))
        || '"' END
    ),
    'null'
  )
  || ',"endCursor":'
  || coalesce(
    max(
      CASE WHEN (m3.place = CASE WHEN (m3.found > 2) THEN 2 ELSE m3.found END AND m3.place <= 2) THEN '"'
        || lower(hex('["1a2aff21",' || coalesce(CAST(m3.id AS TEXT), 'null') || ']'))
        || '"' END
    ),
    'null'
  )
  || '},"totalCount":'
  || CAST(
    (
      SELECT count(*) AS count_1
      FROM books AS m4
    ) AS TEXT
  )
  || '}' AS joined_1
FROM (
  SELECT m2.id AS id, row_number() OVER (ORDER BY m2.id ASC) AS place, count(*) OVER () AS found
  FROM (
    SELECT m1.id AS id
    FROM books AS m1
    WHERE (m1.id) > (?)
    ORDER BY m1.id ASC
    LIMIT 3
    OFFSET ?
  ) AS m2
  ORDER BY place
) AS m3
