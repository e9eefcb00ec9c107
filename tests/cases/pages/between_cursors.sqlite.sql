SELECT (
  SELECT (
    '{"nodes":['
      || coalesce(
        group_concat(CASE WHEN (m4.place <= ?) THEN ('{"id":' || CAST(m4.id AS TEXT) || '}') END, ','), ''
      )
      || '],"pageInfo":{"hasNextPage":'
      || CASE WHEN (max(m4.found) > ?) THEN 'true' ELSE 'false' END
      || ',"hasPreviousPage":true}}'
  ) AS joined_1
  FROM (
    SELECT m3.id AS id, m3.place AS place, m3.found AS found
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
    ) AS m3
    ORDER BY m3.place
  ) AS m4
) AS f0,
  (
    SELECT (
      '{"nodes":[' || coalesce(group_concat(('{"id":' || CAST(m8.id AS TEXT) || '}'), ','), '') || ']}'
    ) AS joined_2
    FROM (
      SELECT m7.id AS id, m7.place AS place, m7.found AS found
      FROM (
        SELECT m6.id AS id, row_number() OVER (ORDER BY m6.id ASC) AS place, count(*) OVER () AS found
        FROM (
          SELECT m5.id AS id
          FROM books AS m5
          WHERE (m5.id) > (?) AND (m5.id) < (?)
          ORDER BY m5.id ASC
        ) AS m6
      ) AS m7
      ORDER BY m7.place
    ) AS m8
  ) AS f1
