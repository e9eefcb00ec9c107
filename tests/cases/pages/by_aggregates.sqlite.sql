SELECT '{"nodes":['
  || coalesce(
    group_concat(
      '{"id":'
        || CAST(m4.id AS TEXT)
        || ',"reviewsAggregate":'
        || (
          SELECT '{"aggregate":{"count":' || CAST(count(*) AS TEXT) || '}}' AS joined_2
          FROM reviews AS m5
          WHERE m4.id = m5.book_id
        )
        || '}',
      ','
    ) FILTER(WHERE m4.place <= ?),
    ''
  )
  || ']}' AS joined_1
FROM (
  SELECT m3.id AS id, m3.order_1 AS order_1, row_number() OVER (ORDER BY m3.order_1 DESC, m3.id ASC) AS place,
    count(*) OVER () AS found
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
    ) < ?
      OR (
        SELECT count(*) AS count_1
        FROM reviews AS m2
        WHERE m1.id = m2.book_id
      ) = ?
        AND m1.id > ?
    ORDER BY (
      SELECT count(*) AS count_1
      FROM reviews AS m2
      WHERE m1.id = m2.book_id
    ) DESC,
      m1.id ASC
    LIMIT ?
    OFFSET ?
  ) AS m3
  ORDER BY place
) AS m4
