SELECT (
  SELECT string_agg('{"tags":' || coalesce(CAST(to_json(m2.tags) AS TEXT), 'null') || '}', ',') AS row_texts_1
  FROM (
    SELECT m1.tags AS tags, m1.id AS order_1
    FROM books AS m1
    WHERE m1.tags > $1::VARCHAR[]
    ORDER BY m1.id ASC
  ) AS m2
) AS f0,
  (
    SELECT string_agg(
      '{"tags":' || coalesce(CAST(to_json(m4.tags) AS TEXT), 'null') || '}', ','
    ) AS row_texts_2
    FROM (
      SELECT m3.tags AS tags, m3.id AS order_1
      FROM books AS m3
      WHERE m3.tags <= $2::VARCHAR[]
      ORDER BY m3.id ASC
    ) AS m4
  ) AS f1
