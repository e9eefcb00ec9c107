SELECT (
  SELECT string_agg('{"id":' || CAST(m2.id AS TEXT) || '}', ',') AS row_texts_1
  FROM (
    SELECT m1.id AS id
    FROM customers AS m1
    WHERE m1.org = $1::VARCHAR
    ORDER BY m1.id ASC
    LIMIT 2
  ) AS m2
) AS f0,
  (
    SELECT string_agg('{"id":' || CAST(m4.id AS TEXT) || '}', ',') AS row_texts_2
    FROM (
      SELECT m3.id AS id
      FROM customers AS m3
      WHERE m3.org = $2::VARCHAR
      ORDER BY m3.id ASC
      LIMIT 2
    ) AS m4
  ) AS f1,
  (
    SELECT string_agg('{"id":' || CAST(m6.id AS TEXT) || '}', ',') AS row_texts_3
    FROM (
      SELECT m5.id AS id
      FROM customers AS m5
      WHERE m5.org = $3::VARCHAR
      ORDER BY m5.id ASC
      LIMIT 1
    ) AS m6
  ) AS f2,
  (
    SELECT string_agg('{"id":' || CAST(m8.id AS TEXT) || '}', ',') AS row_texts_4
    FROM (
      SELECT m7.id AS id
      FROM customers AS m7
      WHERE m7.org = $4::VARCHAR
      ORDER BY m7.id ASC
      LIMIT 2
      OFFSET $5::BIGINT
    ) AS m8
  ) AS f3,
  (
    SELECT '{"nodes":['
      || coalesce(array_to_string((array_agg('{"id":' || CAST(m10.id AS TEXT) || '}'))[1 : 2], ','), '')
      || '],"pageInfo":{"hasNextPage":'
      || CASE WHEN (count(*) > 2) THEN 'true' ELSE 'false' END
      || '}}' AS joined_1
    FROM (
      SELECT m9.id AS id
      FROM customers AS m9
      WHERE m9.org = $6::VARCHAR
      ORDER BY m9.id ASC
      LIMIT 3
    ) AS m10
  ) AS f4,
  (
    SELECT '{"id":' || CAST(m11.id AS TEXT) || '}' AS joined_2
    FROM customers AS m11
    WHERE m11.id = $7::INTEGER AND m11.org = $8::VARCHAR
  ) AS f5
