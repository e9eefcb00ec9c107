SELECT string_agg('{"id":' || CAST(m3.id AS TEXT) || '}', ',') AS row_texts_1
FROM (
  SELECT m1.id AS id,
    (
      SELECT CAST(stddev_pop(m2.stars) AS DOUBLE PRECISION) AS stddev_pop_1
      FROM reviews AS m2
      WHERE m1.id = m2.book_id
    ) AS order_1
  FROM books AS m1
  ORDER BY (
    SELECT CAST(stddev_pop(m2.stars) AS DOUBLE PRECISION) AS stddev_pop_1
    FROM reviews AS m2
    WHERE m1.id = m2.book_id
  ) DESC NULLS LAST,
    m1.id ASC
) AS m3
