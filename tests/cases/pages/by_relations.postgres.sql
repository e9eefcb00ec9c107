SELECT (
  SELECT (
    '{"nodes":['
      || coalesce(
        string_agg(
          CASE
            WHEN (m5.place <= 2)
              THEN (
                '{"id":'
                  || CAST(m5.id AS TEXT)
                  || ',"author":'
                  || CASE
                    WHEN (m6.id IS NULL) THEN 'null'
                    ELSE ('{"name":' || CAST(to_json(m6.name) AS TEXT) || '}')
                  END
                  || ',"rating":'
                  || coalesce(CAST(to_json(m5.rating) AS TEXT), 'null')
                  || '}'
              )
          END,
          ','
          ORDER BY m5.place
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
        row_number() OVER (ORDER BY m3.order_1 ASC, m3.rating DESC, m3.id ASC) AS place,
        count(*) OVER () AS found
      FROM (
        SELECT m1.id AS id, m1.author_id AS author_id, m1.rating AS rating, m2.name AS order_1
        FROM books AS m1
        LEFT OUTER JOIN authors AS m2 ON m1.author_id = m2.id
        WHERE m2.name > $1::VARCHAR
          OR m2.name IS NULL
          OR m2.name = $2::VARCHAR AND m1.rating < $3::FLOAT
          OR m2.name = $2::VARCHAR AND m1.rating = $4::FLOAT AND m1.id > $5::INTEGER
        ORDER BY m2.name ASC, m1.rating DESC, m1.id ASC
        LIMIT 3
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
          string_agg(CASE WHEN (m11.place <= 1) THEN ('{"id":' || CAST(m11.id AS TEXT) || '}') END, ','), ''
        )
        || ']}'
    ) AS joined_2
    FROM (
      SELECT m10.id AS id, m10.order_1 AS order_1, m10.order_2 AS order_2, m10.place AS place,
        m10.found AS found
      FROM (
        SELECT m9.id AS id, m9.order_1 AS order_1, m9.order_2 AS order_2,
          row_number() OVER (ORDER BY m9.order_1 DESC, m9.order_2 ASC, m9.id DESC) AS place,
          count(*) OVER () AS found
        FROM (
          SELECT m7.id AS id, m8.name AS order_1, m7.rating AS order_2
          FROM books AS m7
          LEFT OUTER JOIN authors AS m8 ON m7.author_id = m8.id
          WHERE m8.name IS NOT NULL
            OR m8.name IS NULL AND (m7.rating > $6::FLOAT OR m7.rating IS NULL)
            OR m8.name IS NULL AND m7.rating = $7::FLOAT AND m7.id < $8::INTEGER
          ORDER BY m8.name DESC, m7.rating ASC, m7.id DESC
          LIMIT 2
        ) AS m9
      ) AS m10
      ORDER BY m10.place DESC
    ) AS m11
  ) AS f1,
  (
    SELECT (
      '{"nodes":['
        || coalesce(
          string_agg(CASE WHEN (m16.place <= 1) THEN ('{"id":' || CAST(m16.id AS TEXT) || '}') END, ','), ''
        )
        || ']}'
    ) AS joined_3
    FROM (
      SELECT m15.id AS id, m15.order_1 AS order_1, m15.order_2 AS order_2, m15.place AS place,
        m15.found AS found
      FROM (
        SELECT m14.id AS id, m14.order_1 AS order_1, m14.order_2 AS order_2,
          row_number() OVER (ORDER BY m14.order_1 ASC, m14.order_2 DESC, m14.id ASC) AS place,
          count(*) OVER () AS found
        FROM (
          SELECT m12.id AS id, m13.name AS order_1, m12.rating AS order_2
          FROM books AS m12
          LEFT OUTER JOIN authors AS m13 ON m12.author_id = m13.id
          WHERE false
            OR m13.name IS NULL AND m12.rating < $9::FLOAT
            OR m13.name IS NULL AND m12.rating = $10::FLOAT AND m12.id > $11::INTEGER
          ORDER BY m13.name ASC, m12.rating DESC, m12.id ASC
          LIMIT 2
        ) AS m14
      ) AS m15
      ORDER BY m15.place
    ) AS m16
  ) AS f2
