SELECT '{"edges":['
  || coalesce(
    string_agg('{"node":{"id":' || CAST(m3.id AS TEXT) || '}}', ',') FILTER(WHERE m3.place <= 1), ''
  )
  || '],"pageInfo":{"hasNextPage":true,"hasPreviousPage":'
  || CASE WHEN (max(m3.found) > 1) THEN 'true' ELSE 'false' END
  || '}}' AS joined_1
FROM (
  SELECT m2.id AS id, row_number() OVER (ORDER BY m2.id DESC) AS place, count(*) OVER () AS found
  FROM (
    SELECT m1.id AS id
    FROM books AS m1
    WHERE (m1.id) < (
      (
        SELECT $1::INTEGER
      )
    )
    ORDER BY m1.id DESC
    LIMIT 2
  ) AS m2
  ORDER BY place DESC
) AS m3
