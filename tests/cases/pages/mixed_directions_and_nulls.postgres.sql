SELECT (
  SELECT (
    '{"nodes":['
      || coalesce(
        string_agg(
          CASE
            WHEN (m4.place <= 2)
              THEN (
                '{"id":'
                  || CAST(m4.id AS TEXT)
                  || ',"subtitle":'
                  || coalesce(CAST(to_json(m4.subtitle) AS TEXT), 'null')
                  || ',"pages":'
                  || CAST(m4.pages AS TEXT)
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
    SELECT m3.id AS id, m3.subtitle AS subtitle, m3.pages AS pages, m3.place AS place, m3.found AS found
    FROM (
      SELECT m2.id AS id, m2.subtitle AS subtitle, m2.pages AS pages,
        row_number() OVER (ORDER BY m2.subtitle DESC, m2.pages ASC, m2.id ASC) AS place,
        count(*) OVER () AS found
      FROM (
        SELECT m1.id AS id, m1.subtitle AS subtitle, m1.pages AS pages
        FROM books AS m1
        WHERE m1.subtitle IS NOT NULL
          OR m1.subtitle IS NULL AND m1.pages > $1::INTEGER
          OR m1.subtitle IS NULL AND m1.pages = $2::INTEGER AND m1.id > $3::INTEGER
        ORDER BY m1.subtitle DESC, m1.pages ASC, m1.id ASC
        LIMIT 3
      ) AS m2
    ) AS m3
    ORDER BY m3.place
  ) AS m4
) AS f0,
  (
    SELECT (
      '{"nodes":['
        || coalesce(
          string_agg(CASE WHEN (m8.place <= 2) THEN ('{"id":' || CAST(m8.id AS TEXT) || '}') END, ','), ''
        )
        || ']}'
    ) AS joined_2
    FROM (
      SELECT m7.id AS id, m7.order_1 AS order_1, m7.order_2 AS order_2, m7.place AS place, m7.found AS found
      FROM (
        SELECT m6.id AS id, m6.order_1 AS order_1, m6.order_2 AS order_2,
          row_number() OVER (ORDER BY m6.order_1 DESC, m6.order_2 ASC, m6.id ASC) AS place,
          count(*) OVER () AS found
        FROM (
          SELECT m5.id AS id, m5.subtitle AS order_1, m5.pages AS order_2
          FROM books AS m5
          WHERE m5.subtitle < $4::VARCHAR
            OR m5.subtitle = $5::VARCHAR AND m5.pages > $6::INTEGER
            OR m5.subtitle = $5::VARCHAR AND m5.pages = $7::INTEGER AND m5.id > $8::INTEGER
          ORDER BY m5.subtitle DESC, m5.pages ASC, m5.id ASC
          LIMIT 3
        ) AS m6
      ) AS m7
      ORDER BY m7.place
    ) AS m8
  ) AS f1,
  (
    SELECT (
      '{"nodes":['
        || coalesce(
          string_agg(CASE WHEN (m12.place <= 5) THEN ('{"id":' || CAST(m12.id AS TEXT) || '}') END, ','), ''
        )
        || ']}'
    ) AS joined_3
    FROM (
      SELECT m11.id AS id, m11.order_1 AS order_1, m11.order_2 AS order_2, m11.place AS place,
        m11.found AS found
      FROM (
        SELECT m10.id AS id, m10.order_1 AS order_1, m10.order_2 AS order_2,
          row_number() OVER (ORDER BY m10.order_1 ASC, m10.order_2 DESC, m10.id DESC) AS place,
          count(*) OVER () AS found
        FROM (
          SELECT m9.id AS id, m9.subtitle AS order_1, m9.pages AS order_2
          FROM books AS m9
          WHERE false
            OR m9.subtitle IS NULL AND m9.pages < $9::INTEGER
            OR m9.subtitle IS NULL AND m9.pages = $10::INTEGER AND m9.id < $11::INTEGER
          ORDER BY m9.subtitle ASC, m9.pages DESC, m9.id DESC
          LIMIT 6
        ) AS m10
      ) AS m11
      ORDER BY m11.place DESC
    ) AS m12
  ) AS f2,
  (
    SELECT (
      '{"nodes":['
        || coalesce(
          string_agg(CASE WHEN (m16.place <= 2) THEN ('{"id":' || CAST(m16.id AS TEXT) || '}') END, ','), ''
        )
        || ']}'
    ) AS joined_4
    FROM (
      SELECT m15.id AS id, m15.order_1 AS order_1, m15.order_2 AS order_2, m15.place AS place,
        m15.found AS found
      FROM (
        SELECT m14.id AS id, m14.order_1 AS order_1, m14.order_2 AS order_2,
          row_number() OVER (ORDER BY m14.order_1 ASC, m14.order_2 DESC, m14.id DESC) AS place,
          count(*) OVER () AS found
        FROM (
          SELECT m13.id AS id, m13.subtitle AS order_1, m13.pages AS order_2
          FROM books AS m13
          WHERE m13.subtitle > $12::VARCHAR
            OR m13.subtitle IS NULL
            OR m13.subtitle = $13::VARCHAR AND m13.pages < $14::INTEGER
            OR m13.subtitle = $13::VARCHAR AND m13.pages = $15::INTEGER AND m13.id < $16::INTEGER
          ORDER BY m13.subtitle ASC, m13.pages DESC, m13.id DESC
          LIMIT 3
        ) AS m14
      ) AS m15
      ORDER BY m15.place DESC
    ) AS m16
  ) AS f3
