SELECT (
  SELECT group_concat(('{"id":' || CAST(m2.id AS TEXT) || '}'), ',') AS row_texts_1
  FROM (
    SELECT m1.id AS id
    FROM customers AS m1
    WHERE m1.org = ?
    ORDER BY m1.id ASC
    LIMIT 2
    OFFSET ?
  ) AS m2
) AS f0,
  (
    SELECT group_concat(('{"id":' || CAST(m4.id AS TEXT) || '}'), ',') AS row_texts_2
    FROM (
      SELECT m3.id AS id
      FROM customers AS m3
      WHERE m3.org = ?
      ORDER BY m3.id ASC
      LIMIT 2
      OFFSET ?
    ) AS m4
  ) AS f1,
  (
    SELECT group_concat(('{"id":' || CAST(m6.id AS TEXT) || '}'), ',') AS row_texts_3
    FROM (
      SELECT m5.id AS id
      FROM customers AS m5
      WHERE m5.org = ?
      ORDER BY m5.id ASC
      LIMIT 1
      OFFSET ?
    ) AS m6
  ) AS f2,
  (
    SELECT group_concat(('{"id":' || CAST(m8.id AS TEXT) || '}'), ',') AS row_texts_4
    FROM (
      SELECT m7.id AS id
      FROM customers AS m7
      WHERE m7.org = ?
      ORDER BY m7.id ASC
      LIMIT 2
      OFFSET ?
    ) AS m8
  ) AS f3,
  (
    SELECT (
      '{"nodes":['
        || coalesce(
          group_concat(CASE WHEN (m12.place <= 2) THEN ('{"id":' || CAST(m12.id AS TEXT) || '}') END, ','), ''
        )
        || '],"pageInfo":{"hasNextPage":'
        || CASE WHEN (max(m12.found) > 2) THEN 'true' ELSE 'false' END
        || '}}'
    ) AS joined_1
    FROM (
      SELECT m11.id AS id, m11.place AS place, m11.found AS found
      FROM (
        SELECT m10.id AS id, row_number() OVER (ORDER BY m10.id ASC) AS place, count(*) OVER () AS found
        FROM (
          SELECT m9.id AS id
          FROM customers AS m9
          WHERE m9.org = ?
          ORDER BY m9.id ASC
          LIMIT 3
          OFFSET ?
        ) AS m10
      ) AS m11
      ORDER BY m11.place
    ) AS m12
  ) AS f4,
  (
    SELECT ('{"id":' || CAST(m13.id AS TEXT) || '}') AS joined_2
    FROM customers AS m13
    WHERE m13.id = ? AND m13.org = ?
  ) AS f5
