SELECT (
  SELECT '{"nodes":['
    || coalesce(
      group_concat(
        '{"id":'
          || CAST(m3.id AS TEXT)
          || ',"subtitle":'
          || json_quote(m3.subtitle)
          || ',"pages":'
          || CAST(m3.pages AS TEXT)
          || '}',
        ','
      ) FILTER(WHERE m3.place <= 2),
      ''
    )
    || ']}' AS joined_1
  FROM (
    SELECT m2.id AS id, m2.subtitle AS subtitle, m2.pages AS pages,
      row_number() OVER (ORDER BY m2.subtitle DESC NULLS FIRST, m2.pages ASC, m2.id ASC) AS place,
      count(*) OVER () AS found
    FROM (
      SELECT m1.id AS id, m1.subtitle AS subtitle, m1.pages AS pages
      FROM books AS m1
      WHERE m1.subtitle IS NOT NULL
        OR m1.subtitle IS NULL AND m1.pages > ?
        OR m1.subtitle IS NULL AND m1.pages = ? AND m1.id > ?
      ORDER BY m1.subtitle DESC NULLS FIRST, m1.pages ASC, m1.id ASC
      LIMIT 3
      OFFSET ?
    ) AS m2
    ORDER BY place
  ) AS m3
) AS f0,
  (
    SELECT '{"nodes":['
      || coalesce(group_concat('{"id":' || CAST(m6.id AS TEXT) || '}', ',') FILTER(WHERE m6.place <= 2), '')
      || ']}' AS joined_2
    FROM (
      SELECT m5.id AS id, m5.order_1 AS order_1, m5.order_2 AS order_2,
        row_number() OVER (ORDER BY m5.order_1 DESC NULLS FIRST, m5.order_2 ASC, m5.id ASC) AS place,
        count(*) OVER () AS found
      FROM (
        SELECT m4.id AS id, m4.subtitle AS order_1, m4.pages AS order_2
        FROM books AS m4
        WHERE m4.subtitle < ?
          OR m4.subtitle = ? AND m4.pages > ?
          OR m4.subtitle = ? AND m4.pages = ? AND m4.id > ?
        ORDER BY m4.subtitle DESC NULLS FIRST, m4.pages ASC, m4.id ASC
        LIMIT 3
        OFFSET ?
      ) AS m5
      ORDER BY place
    ) AS m6
  ) AS f1,
  (
    SELECT '{"nodes":['
      || coalesce(group_concat('{"id":' || CAST(m9.id AS TEXT) || '}', ',') FILTER(WHERE m9.place <= 5), '')
      || ']}' AS joined_3
    FROM (
      SELECT m8.id AS id, m8.order_1 AS order_1, m8.order_2 AS order_2,
        row_number() OVER (ORDER BY m8.order_1 ASC NULLS LAST, m8.order_2 DESC, m8.id DESC) AS place,
        count(*) OVER () AS found
      FROM (
        SELECT m7.id AS id, m7.subtitle AS order_1, m7.pages AS order_2
        FROM books AS m7
        WHERE 0 = 1
          OR m7.subtitle IS NULL AND m7.pages < ?
          OR m7.subtitle IS NULL AND m7.pages = ? AND m7.id < ?
        ORDER BY m7.subtitle ASC NULLS LAST, m7.pages DESC, m7.id DESC
        LIMIT 6
        OFFSET ?
      ) AS m8
      ORDER BY place DESC
    ) AS m9
  ) AS f2,
  (
    SELECT '{"nodes":['
      || coalesce(group_concat('{"id":' || CAST(m12.id AS TEXT) || '}', ',') FILTER(WHERE m12.place <= 2), '')
      || ']}' AS joined_4
    FROM (
      SELECT m11.id AS id, m11.order_1 AS order_1, m11.order_2 AS order_2,
        row_number() OVER (ORDER BY m11.order_1 ASC NULLS LAST, m11.order_2 DESC, m11.id DESC) AS place,
        count(*) OVER () AS found
      FROM (
        SELECT m10.id AS id, m10.subtitle AS order_1, m10.pages AS order_2
        FROM books AS m10
        WHERE m10.subtitle > ?
          OR m10.subtitle IS NULL
          OR m10.subtitle = ? AND m10.pages < ?
          OR m10.subtitle = ? AND m10.pages = ? AND m10.id < ?
        ORDER BY m10.subtitle ASC NULLS LAST, m10.pages DESC, m10.id DESC
        LIMIT 3
        OFFSET ?
      ) AS m11
      ORDER BY place DESC
    ) AS m12
  ) AS f3
