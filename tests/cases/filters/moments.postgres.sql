SELECT (
  SELECT string_agg(
    '{"published":' || coalesce(CAST(to_json(m2.published) AS TEXT), 'null') || '}', ','
  ) AS row_texts_1
  FROM (
    SELECT m1.published AS published, m1.id AS order_1
    FROM books AS m1
    WHERE m1.published >= CAST($1::VARCHAR AS DATE)
    ORDER BY m1.id ASC
  ) AS m2
) AS f0,
  (
    SELECT string_agg(
      '{"published":' || coalesce(CAST(to_json(m3.published) AS TEXT), 'null') || '}', ','
    ) AS row_texts_2
    FROM books AS m3
    WHERE m3.published = any(CAST($2::VARCHAR[] AS DATE[]))
  ) AS f1,
  (
    SELECT string_agg('{"addedAt":' || CAST(to_json(m4.added_at) AS TEXT) || '}', ',') AS row_texts_3
    FROM books AS m4
    WHERE m4.added_at < CAST($3::VARCHAR AS TIMESTAMP WITH TIME ZONE)
  ) AS f2,
  (
    SELECT string_agg('{"addedAt":' || CAST(to_json(m5.added_at) AS TEXT) || '}', ',') AS row_texts_4
    FROM books AS m5
    WHERE m5.added_at = CAST($4::VARCHAR AS TIMESTAMP WITH TIME ZONE)
  ) AS f3,
  (
    SELECT string_agg('{"addedAt":' || CAST(to_json(m7.added_at) AS TEXT) || '}', ',') AS row_texts_5
    FROM (
      SELECT m6.added_at AS added_at, m6.id AS order_1
      FROM books AS m6
      WHERE m6.added_at = any(CAST($5::VARCHAR[] AS TIMESTAMP WITH TIME ZONE[]))
      ORDER BY m6.id ASC
    ) AS m7
  ) AS f4
