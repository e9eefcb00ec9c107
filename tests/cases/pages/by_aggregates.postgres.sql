SELECT '{"nodes":['
  || coalesce(
    array_to_string(
      (
        array_agg(
          '{"id":'
            || CAST(m3.id AS TEXT)
            || ',"reviewsAggregate":'
            || (
              SELECT '{"aggregate":{"count":' || CAST(count(*) AS TEXT) || '}}' AS joined_2
              FROM reviews AS m4
              WHERE m3.id = m4.book_id
            )
            || '}'
        )
      ) [1 : $1::INTEGER],
      ','
    ),
    ''
  )
  || ']}' AS joined_1
FROM (
  SELECT m1.id AS id,
    (
      SELECT count(*) AS count_1
      FROM reviews AS m2
      WHERE m1.id = m2.book_id
    ) AS order_1
  FROM books AS m1
  WHERE (
    SELECT count(*) AS count_1
    FROM reviews AS m2
    WHERE m1.id = m2.book_id
  ) < (
    SELECT $2::INTEGER
  )
    OR (
      SELECT count(*) AS count_1
      FROM reviews AS m2
      WHERE m1.id = m2.book_id
    ) = (
      SELECT $3::INTEGER
    )
      AND m1.id > (
        SELECT $4::INTEGER
      )
  ORDER BY (
    SELECT count(*) AS count_1
    FROM reviews AS m2
    WHERE m1.id = m2.book_id
  ) DESC,
    m1.id ASC
  LIMIT $5::BIGINT
) AS m3
