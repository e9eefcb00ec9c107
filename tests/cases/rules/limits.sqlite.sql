SELECT (
  SELECT group_concat('{"id":' || CAST(m2.id AS TEXT) || '}', ',') AS row_texts_1
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
    SELECT group_concat('{"id":' || CAST(m4.id AS TEXT) || '}', ',') AS row_texts_2
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
    SELECT group_concat('{"id":' || CAST(m6.id AS TEXT) || '}', ',') AS row_texts_3
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
    SELECT group_concat('{"id":' || CAST(m8.id AS TEXT) || '}', ',') AS row_texts_4
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
    SELECT '{"nodes":['
      || coalesce(group_concat('{"id":' || CAST(m11.id AS TEXT) || '}', ',') FILTER(WHERE m11.place <= 2), '')
      || '],"pageInfo":{"hasNextPage":'
      || CASE WHEN (max(m11.found) > 2) THEN 'true' ELSE 'false' END
      || '}}' AS joined_1
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
      ORDER BY place
    ) AS m11
  ) AS f4,
  (
    SELECT '{"id":' || CAST(m12.id AS TEXT) || '}' AS joined_2
    FROM customers AS m12
    WHERE m12.id = ? AND m12.org = ?
  ) AS f5
