SELECT (
  '{"edges":['
    || coalesce(
      string_agg(CASE WHEN (m4.place <= 1) THEN ('{"node":{"id":' || CAST(m4.id AS TEXT) || '}}') END, ','),
      ''
    )
    || '],"pageInfo":{"hasNextPage":true,"hasPreviousPage":'
    || CASE WHEN (max(m4.found) > 1) THEN 'true' ELSE 'false' END
    || '}}'
) AS joined_1
FROM (
  SELECT m3.id AS id, m3.place AS place, m3.found AS found
  FROM (
    SELECT m2.id AS id, row_number() OVER (ORDER BY m2.id DESC) AS place, count(*) OVER () AS found
    FROM (
      SELECT m1.id AS id
      FROM books AS m1
      WHERE (m1.id) < ($1::INTEGER)
      ORDER BY m1.id DESC
      LIMIT 2
    ) AS m2
  ) AS m3
  ORDER BY m3.place DESC
) AS m4
