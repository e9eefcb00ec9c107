SELECT (
  SELECT '{"nodes":['
    || coalesce(
      group_concat(
        '{"id":'
          || CAST(m4.id AS TEXT)
          || ',"author":'
          || CASE WHEN (m5.id IS NULL) THEN 'null' ELSE '{"name":'
          || json_quote(m5.name)
          || '}' END
          || ',"rating":'
          || coalesce(
            CASE
              WHEN (abs(m4.rating) > 1.7976931348623157e308) THEN 'null'
              WHEN (CAST(CAST(m4.rating AS TEXT) AS REAL) = m4.rating) THEN CAST(m4.rating AS TEXT)
              WHEN (m4.rating IS NOT NULL)
                THEN printf(CASE WHEN (abs(m4.rating) < 1e100) THEN '%!.17g' ELSE '%!.19g' END, m4.rating)
            END,
            'null'
          )
          || '}',
        ','
      ) FILTER(WHERE m4.place <= 2),
      ''
    )
    || ']}' AS joined_1
  FROM (
    SELECT m3.id AS id, m3.author_id AS author_id, m3.rating AS rating, m3.order_1 AS order_1,
      row_number() OVER (ORDER BY m3.order_1 ASC NULLS LAST, m3.rating DESC NULLS FIRST, m3.id ASC) AS place,
      count(*) OVER () AS found
    FROM (
      SELECT m1.id AS id, m1.author_id AS author_id, m1.rating AS rating, m2.name AS order_1
      FROM books AS m1
      LEFT OUTER JOIN authors AS m2 ON m1.author_id = m2.id
      WHERE m2.name > ?
        OR m2.name IS NULL
        OR m2.name = ? AND m1.rating < ?
        OR m2.name = ? AND m1.rating = ? AND m1.id > ?
      ORDER BY m2.name ASC NULLS LAST, m1.rating DESC NULLS FIRST, m1.id ASC
      LIMIT 3
      OFFSET ?
    ) AS m3
    ORDER BY place
  ) AS m4
  LEFT OUTER JOIN authors AS m5 ON m4.author_id = m5.id
) AS f0,
  (
    SELECT '{"nodes":['
      || coalesce(group_concat('{"id":' || CAST(m9.id AS TEXT) || '}', ',') FILTER(WHERE m9.place <= 1), '')
      || ']}' AS joined_2
    FROM (
      SELECT m8.id AS id, m8.order_1 AS order_1, m8.order_2 AS order_2,
        row_number() OVER (
          ORDER BY m8.order_1 DESC NULLS FIRST, m8.order_2 ASC NULLS LAST, m8.id DESC
        ) AS place,
        count(*) OVER () AS found
      FROM (
        SELECT m6.id AS id, m7.name AS order_1, m6.rating AS order_2
        FROM books AS m6
        LEFT OUTER JOIN authors AS m7 ON m6.author_id = m7.id
        WHERE m7.name IS NOT NULL
          OR m7.name IS NULL AND (m6.rating > ? OR m6.rating IS NULL)
          OR m7.name IS NULL AND m6.rating = ? AND m6.id < ?
        ORDER BY m7.name DESC NULLS FIRST, m6.rating ASC NULLS LAST, m6.id DESC
        LIMIT 2
        OFFSET ?
      ) AS m8
      ORDER BY place DESC
    ) AS m9
  ) AS f1,
  (
    SELECT '{"nodes":['
      || coalesce(group_concat('{"id":' || CAST(m13.id AS TEXT) || '}', ',') FILTER(WHERE m13.place <= 1), '')
      || ']}' AS joined_3
    FROM (
      SELECT m12.id AS id, m12.order_1 AS order_1, m12.order_2 AS order_2,
        row_number() OVER (
          ORDER BY m12.order_1 ASC NULLS LAST, m12.order_2 DESC NULLS FIRST, m12.id ASC
        ) AS place,
        count(*) OVER () AS found
      FROM (
        SELECT m10.id AS id, m11.name AS order_1, m10.rating AS order_2
        FROM books AS m10
        LEFT OUTER JOIN authors AS m11 ON m10.author_id = m11.id
        WHERE 0 = 1
          OR m11.name IS NULL AND m10.rating < ?
          OR m11.name IS NULL AND m10.rating = ? AND m10.id > ?
        ORDER BY m11.name ASC NULLS LAST, m10.rating DESC NULLS FIRST, m10.id ASC
        LIMIT 2
        OFFSET ?
      ) AS m12
      ORDER BY place
    ) AS m13
  ) AS f2
