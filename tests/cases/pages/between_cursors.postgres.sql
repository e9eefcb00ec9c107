SELECT (
  SELECT '{"nodes":['
    || coalesce(
      array_to_string((array_agg('{"id":' || CAST(m2.id AS TEXT) || '}'))[1 : $1::INTEGER], ','), ''
    )
    || '],"pageInfo":{"hasNextPage":'
    || CASE WHEN (count(*) > $1::INTEGER) THEN 'true' ELSE 'false' END
    || ',"hasPreviousPage":true}}' AS joined_1
  FROM (
    SELECT m1.id AS id
    FROM books AS m1
    WHERE (m1.id) > (
      (
        SELECT $2::INTEGER
      )
    )
      AND (m1.id) < (
        (
          SELECT $3::INTEGER
        )
      )
    ORDER BY m1.id ASC
    LIMIT $4::BIGINT
  ) AS m2
) AS f0,
  (
    SELECT '{"nodes":['
      || coalesce(string_agg('{"id":' || CAST(m5.id AS TEXT) || '}', ','), '')
      || ']}' AS joined_2
    FROM (
      SELECT m4.id AS id, row_number() OVER (ORDER BY m4.id ASC) AS place, count(*) OVER () AS found
      FROM (
        SELECT m3.id AS id
        FROM books AS m3
        WHERE (m3.id) > (
          (
            SELECT $5::INTEGER
          )
        )
          AND (m3.id) < (
            (
              SELECT $6::INTEGER
            )
          )
        ORDER BY m3.id ASC
      ) AS m4
      ORDER BY place
    ) AS m5
  ) AS f1
