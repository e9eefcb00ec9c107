SELECT (
  '{"edges":['
    || coalesce(
      group_concat(CASE WHEN (m4.place <= 2) THEN ('{"node":{"id":' || CAST(m4.id AS TEXT) || '}}') END, ','),
      ''
    )
    || '],"pageInfo":{"hasNextPage":'
    || CASE WHEN (max(m4.found) > 2) THEN 'true' ELSE 'false' END
    || ',"hasPreviousPage":true,"startCursor":'
    || coalesce(
      max(
        CASE
          WHEN (m4.place = 1)
            THEN ('"' || lower(hex(('["1a2aff21",' || coalesce(CAST(m4.id AS TEXT), 'null') || ']'))) || '"')
        END
      ),
      'null'
    )
    || ',"endCursor":'
    || coalesce(
      max(
        CASE
          WHEN (m4.place = CASE WHEN (m4.found > 2) THEN 2 ELSE m4.found END)
            THEN ('"' || lower(hex(('["1a2aff21",' || coalesce(CAST(m4.id AS TEXT), 'null') || ']'))) || '"')
        END
      ),
      'null'
    )
    || '},"totalCount":'
    || CAST(
      (
        SELECT count(*) AS count_1
        FROM books AS m5
      ) AS TEXT
    )
    || '}'
) AS joined_1
FROM (
  SELECT m3.id AS id, m3.place AS place, m3.found AS found
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
  ) AS m3
  ORDER BY m3.place
) AS m4
