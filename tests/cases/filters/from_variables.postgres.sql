SELECT (
  SELECT string_agg('{"id":' || CAST(m3.id AS TEXT) || '}', ',') AS row_texts_1
  FROM (
    SELECT m1.id AS id, m1.pages AS order_1
    FROM books AS m1
    WHERE (
      EXISTS (
        SELECT 1
        FROM authors AS m2
        WHERE m1.author_id = m2.id AND m2.name = any($1::VARCHAR[])
      )
    )
      AND NOT (m1.pages = $2::INTEGER)
    ORDER BY m1.pages DESC, m1.id ASC
  ) AS m3
) AS f0,
  (
    SELECT string_agg('{"id":' || CAST(m6.id AS TEXT) || '}', ',') AS row_texts_2
    FROM (
      SELECT m4.id AS id, m4.pages AS order_1
      FROM books AS m4
      WHERE (m4.title = $3::VARCHAR)
        OR (
          EXISTS (
            SELECT 1
            FROM reviews AS m5
            WHERE m4.id = m5.book_id AND (m5.stars = $4::INTEGER)
          )
        )
      ORDER BY m4.pages DESC, m4.id ASC
    ) AS m6
  ) AS f1,
  (
    SELECT string_agg('{"id":' || CAST(m8.id AS TEXT) || '}', ',') AS row_texts_3
    FROM (
      SELECT m7.id AS id
      FROM reviews AS m7
      WHERE (m7.stars > $5::INTEGER) AND (m7.stars < $6::INTEGER)
      ORDER BY m7.id ASC
    ) AS m8
  ) AS f2
