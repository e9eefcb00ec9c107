SELECT (
  SELECT string_agg(
    '{"id":'
      || CAST(m2.id AS TEXT)
      || ',"reviews":['
      || coalesce(
        (
          SELECT string_agg('{"stars":' || CAST(m4.stars AS TEXT) || '}', ',') AS row_texts_2
          FROM (
            SELECT m3.stars AS stars, m3.id AS order_1
            FROM reviews AS m3
            WHERE m2.id = m3.book_id AND (m3.stars >= $1::INTEGER)
            ORDER BY m3.id ASC
            LIMIT 2
          ) AS m4
        ),
        ''
      )
      || ']}',
    ','
  ) AS row_texts_1
  FROM (
    SELECT m1.id AS id
    FROM books AS m1
    WHERE (
      m1.id >= (
        SELECT $2::INTEGER
      )
    )
      AND NOT (m1.id = $3::INTEGER)
    ORDER BY m1.id ASC
    LIMIT 2
    OFFSET $4::BIGINT
  ) AS m2
) AS f0,
  (
    SELECT '{"id":' || CAST(m5.id AS TEXT) || '}' AS joined_1
    FROM books AS m5
    WHERE m5.id = $5::INTEGER
  ) AS f1
