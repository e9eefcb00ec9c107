SELECT (
  SELECT '{"nodes":['
    || coalesce(
      array_to_string(
        (
          array_agg(
            '{"id":'
              || CAST(m3.id AS TEXT)
              || ',"author":'
              || CASE WHEN (m4.id IS NULL) THEN 'null' ELSE '{"name":'
              || CAST(to_json(m4.name) AS TEXT)
              || '}' END
              || ',"rating":'
              || coalesce(CAST(to_json(m3.rating) AS TEXT), 'null')
              || '}'
            ORDER BY m3.order_1 ASC, m3.rating DESC, m3.id ASC
          )
        ) [1 : 2],
        ','
      ),
      ''
    )
    || ']}' AS joined_1
  FROM (
    SELECT m1.id AS id, m1.author_id AS author_id, m1.rating AS rating, m2.name AS order_1
    FROM books AS m1
    LEFT OUTER JOIN authors AS m2 ON m1.author_id = m2.id
    WHERE m2.name > (
      SELECT $1::VARCHAR
    )
      OR m2.name IS NULL
      OR m2.name = (
        SELECT $2::VARCHAR
      )
        AND m1.rating < (
          SELECT $3::FLOAT
        )
      OR m2.name = (
        SELECT $2::VARCHAR
      )
        AND m1.rating = (
          SELECT $4::FLOAT
        )
        AND m1.id > (
          SELECT $5::INTEGER
        )
    ORDER BY m2.name ASC, m1.rating DESC, m1.id ASC
    LIMIT 3
  ) AS m3
  LEFT OUTER JOIN authors AS m4 ON m3.author_id = m4.id
) AS f0,
  (
    SELECT '{"nodes":['
      || coalesce(string_agg('{"id":' || CAST(m8.id AS TEXT) || '}', ',') FILTER(WHERE m8.place <= 1), '')
      || ']}' AS joined_2
    FROM (
      SELECT m7.id AS id, m7.order_1 AS order_1, m7.order_2 AS order_2,
        row_number() OVER (ORDER BY m7.order_1 DESC, m7.order_2 ASC, m7.id DESC) AS place,
        count(*) OVER () AS found
      FROM (
        SELECT m5.id AS id, m6.name AS order_1, m5.rating AS order_2
        FROM books AS m5
        LEFT OUTER JOIN authors AS m6 ON m5.author_id = m6.id
        WHERE m6.name IS NOT NULL
          OR m6.name IS NULL
            AND (
              m5.rating > (
                SELECT $6::FLOAT
              )
                OR m5.rating IS NULL
            )
          OR m6.name IS NULL
            AND m5.rating = (
              SELECT $7::FLOAT
            )
            AND m5.id < (
              SELECT $8::INTEGER
            )
        ORDER BY m6.name DESC, m5.rating ASC, m5.id DESC
        LIMIT 2
      ) AS m7
      ORDER BY place DESC
    ) AS m8
  ) AS f1,
  (
    SELECT '{"nodes":['
      || coalesce(array_to_string((array_agg('{"id":' || CAST(m11.id AS TEXT) || '}'))[1 : 1], ','), '')
      || ']}' AS joined_3
    FROM (
      SELECT m9.id AS id, m10.name AS order_1, m9.rating AS order_2
      FROM books AS m9
      LEFT OUTER JOIN authors AS m10 ON m9.author_id = m10.id
      WHERE false
        OR m10.name IS NULL
          AND m9.rating < (
            SELECT $9::FLOAT
          )
        OR m10.name IS NULL
          AND m9.rating = (
            SELECT $10::FLOAT
          )
          AND m9.id > (
            SELECT $11::INTEGER
          )
      ORDER BY m10.name ASC, m9.rating DESC, m9.id ASC
      LIMIT 2
    ) AS m11
  ) AS f2
