SELECT (
  SELECT string_agg('{"id":' || CAST(m3.id AS TEXT) || '}', ',') AS row_texts_1
  FROM (
    SELECT m1.id AS id
    FROM books AS m1
    WHERE (
      SELECT CAST(stddev_samp(m2.stars) AS DOUBLE PRECISION) AS stddev_samp_1
      FROM reviews AS m2
      WHERE m1.id = m2.book_id
    ) > $1::FLOAT
    ORDER BY m1.id ASC
  ) AS m3
) AS f0,
  (
    SELECT string_agg('{"id":' || CAST(m6.id AS TEXT) || '}', ',') AS row_texts_2
    FROM (
      SELECT m4.id AS id
      FROM books AS m4
      WHERE (
        SELECT CAST(var_samp(m5.stars) AS DOUBLE PRECISION) AS var_samp_1
        FROM reviews AS m5
        WHERE m4.id = m5.book_id
      ) > $2::FLOAT
      ORDER BY m4.id ASC
    ) AS m6
  ) AS f1
