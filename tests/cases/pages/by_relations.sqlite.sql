SELECT (
  SELECT (
    '{"nodes":['
      || coalesce(
        group_concat(
          CASE
            WHEN (m5.place <= 2)
              THEN (
                '{"id":'
                  || CAST(m5.id AS TEXT)
                  || ',"author":'
                  || CASE WHEN (m6.id IS NULL) THEN 'null' ELSE ('{"name":' || json_quote(m6.name) || '}') END
                  || ',"rating":'
                  || coalesce(
                    CASE
                      WHEN (abs(m5.rating) > 1.7976931348623157e308) THEN 'null'
                      WHEN (CAST(CAST(m5.rating AS TEXT) AS REAL) = m5.rating) THEN CAST(m5.rating AS TEXT)
                      ELSE printf('%!.17g', m5.rating)
                    END,
                    'null'
                  )
                  || '}'
              )
          END,
          ','
        ),
        ''
      )
      || ']}'
  ) AS joined_1
  FROM (
    SELECT m4.id AS id, m4.author_id AS author_id, m4.rating AS rating, m4.order_1 AS order_1,
      m4.place AS place, m4.found AS found
    FROM (
      SELECT m3.id AS id, m3.author_id AS author_id, m3.rating AS rating, m3.order_1 AS order_1,
        row_number() OVER (
          ORDER BY m3.order_1 ASC NULLS LAST, m3.rating DESC NULLS FIRST, m3.id ASC
        ) AS place,
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
    ) AS m4
    ORDER BY m4.place
  ) AS m5
  LEFT OUTER JOIN authors AS m6 ON m5.author_id = m6.id
) AS f0,
  (
    SELECT (
      '{"nodes":['
        || coalesce(
          group_concat(CASE WHEN (m11.place <= 1) THEN ('{"id":' || CAST(m11.id AS TEXT) || '}') END, ','), ''
        )
        || ']}'
    ) AS joined_2
    FROM (
      SELECT m10.id AS id, m10.order_1 AS order_1, m10.order_2 AS order_2, m10.place AS place,
        m10.found AS found
      FROM (
        SELECT m9.id AS id, m9.order_1 AS order_1, m9.order_2 AS order_2,
          row_number() OVER (
            ORDER BY m9.order_1 DESC NULLS FIRST, m9.order_2 ASC NULLS LAST, m9.id DESC
          ) AS place,
          count(*) OVER () AS found
        FROM (
          SELECT m7.id AS id, m8.name AS order_1, m7.rating AS order_2
          FROM books AS m7
          LEFT OUTER JOIN authors AS m8 ON m7.author_id = m8.id
          WHERE m8.name IS NOT NULL
            OR m8.name IS NULL AND (m7.rating > ? OR m7.rating IS NULL)
            OR m8.name IS NULL AND m7.rating = ? AND m7.id < ?
          ORDER BY m8.name DESC NULLS FIRST, m7.rating ASC NULLS LAST, m7.id DESC
          LIMIT 2
          OFFSET ?
        ) AS m9
      ) AS m10
      ORDER BY m10.place DESC
    ) AS m11
  ) AS f1,
  (
    SELECT (
      '{"nodes":['
        || coalesce(
          group_concat(CASE WHEN (m16.place <= 1) THEN ('{"id":' || CAST(m16.id AS TEXT) || '}') END, ','), ''
        )
        || ']}'
    ) AS joined_3
    FROM (
      SELECT m15.id AS id, m15.order_1 AS order_1, m15.order_2 AS order_2, m15.place AS place,
        m15.found AS found
      FROM (
        SELECT m14.id AS id, m14.order_1 AS order_1, m14.order_2 AS order_2,
          row_number() OVER (
            ORDER BY m14.order_1 ASC NULLS LAST, m14.order_2 DESC NULLS FIRST, m14.id ASC
          ) AS place,
          count(*) OVER () AS found
        FROM (
          SELECT m12.id AS id, m13.name AS order_1, m12.rating AS order_2
          FROM books AS m12
          LEFT OUTER JOIN authors AS m13 ON m12.author_id = m13.id
          WHERE 0 = 1
            OR m13.name IS NULL AND m12.rating < ?
            OR m13.name IS NULL AND m12.rating = ? AND m12.id > ?
          ORDER BY m13.name ASC NULLS LAST, m12.rating DESC NULLS FIRST, m12.id ASC
          LIMIT 2
          OFFSET ?
        ) AS m14
      ) AS m15
      ORDER BY m15.place
    ) AS m16
  ) AS f2
