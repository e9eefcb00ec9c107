SELECT (
  SELECT '{"nodes":['
    || coalesce(
      array_to_string(
        (
          array_agg(
            '{"id":'
              || CAST(m2.id AS TEXT)
              || ',"subtitle":'
              || coalesce(CAST(to_json(m2.subtitle) AS TEXT), 'null')
              || ',"pages":'
              || CAST(m2.pages AS TEXT)
              || '}'
          )
        ) [1 : 2],
        ','
      ),
      ''
    )
    || ']}' AS joined_1
  FROM (
    SELECT m1.id AS id, m1.subtitle AS subtitle, m1.pages AS pages
    FROM books AS m1
    WHERE m1.subtitle IS NOT NULL
      OR m1.subtitle IS NULL
        AND m1.pages > (
          SELECT $1::INTEGER
        )
      OR m1.subtitle IS NULL
        AND m1.pages = (
          SELECT $2::INTEGER
        )
        AND m1.id > (
          SELECT $3::INTEGER
        )
    ORDER BY m1.subtitle DESC, m1.pages ASC, m1.id ASC
    LIMIT 3
  ) AS m2
) AS f0,
  (
    SELECT '{"nodes":['
      || coalesce(array_to_string((array_agg('{"id":' || CAST(m4.id AS TEXT) || '}'))[1 : 2], ','), '')
      || ']}' AS joined_2
    FROM (
      SELECT m3.id AS id, m3.subtitle AS order_1, m3.pages AS order_2
      FROM books AS m3
      WHERE m3.subtitle < (
        SELECT $4::VARCHAR
      )
        OR m3.subtitle = (
          SELECT $5::VARCHAR
        )
          AND m3.pages > (
            SELECT $6::INTEGER
          )
        OR m3.subtitle = (
          SELECT $5::VARCHAR
        )
          AND m3.pages = (
            SELECT $7::INTEGER
          )
          AND m3.id > (
            SELECT $8::INTEGER
          )
      ORDER BY m3.subtitle DESC, m3.pages ASC, m3.id ASC
      LIMIT 3
    ) AS m4
  ) AS f1,
  (
    SELECT '{"nodes":['
      || coalesce(string_agg('{"id":' || CAST(m7.id AS TEXT) || '}', ',') FILTER(WHERE m7.place <= 5), '')
      || ']}' AS joined_3
    FROM (
      SELECT m6.id AS id, m6.order_1 AS order_1, m6.order_2 AS order_2,
        row_number() OVER (ORDER BY m6.order_1 ASC, m6.order_2 DESC, m6.id DESC) AS place,
        count(*) OVER () AS found
      FROM (
        SELECT m5.id AS id, m5.subtitle AS order_1, m5.pages AS order_2
        FROM books AS m5
        WHERE false
          OR m5.subtitle IS NULL
            AND m5.pages < (
              SELECT $9::INTEGER
            )
          OR m5.subtitle IS NULL
            AND m5.pages = (
              SELECT $10::INTEGER
            )
            AND m5.id < (
              SELECT $11::INTEGER
            )
        ORDER BY m5.subtitle ASC, m5.pages DESC, m5.id DESC
        LIMIT 6
      ) AS m6
      ORDER BY place DESC
    ) AS m7
  ) AS f2,
  (
    SELECT '{"nodes":['
      || coalesce(string_agg('{"id":' || CAST(m10.id AS TEXT) || '}', ',') FILTER(WHERE m10.place <= 2), '')
      || ']}' AS joined_4
    FROM (
      SELECT m9.id AS id, m9.order_1 AS order_1, m9.order_2 AS order_2,
        row_number() OVER (ORDER BY m9.order_1 ASC, m9.order_2 DESC, m9.id DESC) AS place,
        count(*) OVER () AS found
      FROM (
        SELECT m8.id AS id, m8.subtitle AS order_1, m8.pages AS order_2
        FROM books AS m8
        WHERE m8.subtitle > (
          SELECT $12::VARCHAR
        )
          OR m8.subtitle IS NULL
          OR m8.subtitle = (
            SELECT $13::VARCHAR
          )
            AND m8.pages < (
              SELECT $14::INTEGER
            )
          OR m8.subtitle = (
            SELECT $13::VARCHAR
          )
            AND m8.pages = (
              SELECT $15::INTEGER
            )
            AND m8.id < (
              SELECT $16::INTEGER
            )
        ORDER BY m8.subtitle ASC, m8.pages DESC, m8.id DESC
        LIMIT 3
      ) AS m9
      ORDER BY place DESC
    ) AS m10
  ) AS f3
