SELECT '{"edges":['
  || coalesce(array_to_string((array_agg('{"node":{"id":' || CAST(m2.id AS TEXT) || '}}'))[1 : 2], ','), '')
  || '],"pageInfo":{"hasNextPage":'
  || CASE WHEN (count(*) > 2) THEN 'true' ELSE 'false' END
  || ',"hasPreviousPage":true,"startCursor":'
  || coalesce(
    '"'
      || encode(
        convert_to(
          (array_agg('["1a2aff21",' || coalesce(CAST(m2.id AS TEXT), 'null') || ']'))[least(1, 2)], 'UTF8'
        ),
        'hex'
      )
      || '"',
    'null'
  )
  || ',"endCursor":'
  || coalesce(
    '"'
      || encode(
        convert_to(
          (array_agg('["1a2aff21",' || coalesce(CAST(m2.id AS TEXT), 'null') || ']'))[least(count(*), 2)],
          'UTF8'
        ),
        'hex'
      )
      || '"',
    'null'
  )
  || '},"totalCount":'
  || CAST(
    (
      SELECT count(*) AS count_1
      FROM books AS m3
    ) AS TEXT
  )
  || '}' AS joined_1
FROM (
  SELECT m1.id AS id
  FROM books AS m1
  WHERE (m1.id) > (
    (
      SELECT $1::INTEGER
    )
  )
  ORDER BY m1.id ASC
  LIMIT 3
) AS m2
