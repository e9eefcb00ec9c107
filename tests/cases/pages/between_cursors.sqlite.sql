SELECT (
  SELECT '{"nodes":['
    || coalesce(group_concat('{"id":' || CAST(m3.id AS TEXT) || '}', ',') FILTER(WHERE m3.place <= ?), '')
    || '],"pageInfo":{"hasNextPage":'
    || CASE WHEN (max(m3.found) > ?) THEN 'true' ELSE 'false' END
    || ',"hasPreviousPage":true}}' AS joined_1
  FROM (
    SELECT m2.id AS id, row_number() OVER (ORDER BY m2.id ASC) AS place, count(*) OVER () AS found
    FROM (
      SELECT m1.id AS id
      FROM books AS m1
      WHERE (m1.id) > (?) AND (m1.id) < (?)
      ORDER BY m1.id ASC
      LIMIT ?
      OFFSET ?
    ) AS m2
    ORDER BY place
  ) AS m3
) AS f0,
  (
    SELECT '{"nodes":['
      || coalesce(group_concat('{"id":' || CAST(m6.id AS TEXT) || '}', ','), '')
      || ']}' AS joined_2
    FROM (
      SELECT m5.id AS id, row_number() OVER (ORDER BY m5.id ASC) AS place, count(*) OVER () AS found
      FROM (
        SELECT m4.id AS id
        FROM books AS m4
        WHERE (m4.id) > (?) AND (m4.id) < (?)
        ORDER BY m4.id ASC
      ) AS m5
      ORDER BY place
    ) AS m6
  ) AS f1
