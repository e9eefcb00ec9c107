SELECT (
  SELECT string_agg(
    '{"id":'
      || coalesce(CAST(m2.id__shown AS TEXT), 'null')
      || ',"number":'
      || coalesce(CAST(to_json(m2.number__shown) AS TEXT), 'null')
      || ',"total":'
      || coalesce(CAST(to_json(m2.total__shown) AS TEXT), 'null')
      || ',"state":'
      || coalesce(CAST(to_json(m2.state__shown) AS TEXT), 'null')
      || ',"sellerId":'
      || coalesce(CAST(m2.seller_id__shown AS TEXT), 'null')
      || '}',
    ','
  ) AS row_texts_1
  FROM (
    SELECT CASE WHEN (m1.total >= $1::INTEGER) THEN m1.id END AS id__shown,
      CASE WHEN (m1.state != $2::VARCHAR) THEN m1.number END AS number__shown,
      CASE WHEN (m1.total >= $1::INTEGER) THEN m1.total END AS total__shown,
      CASE WHEN (m1.total >= $1::INTEGER) THEN m1.state END AS state__shown,
      CASE WHEN (m1.state != $2::VARCHAR) THEN m1.seller_id END AS seller_id__shown,
      CASE WHEN (m1.total >= $1::INTEGER) THEN m1.id END AS order_1,
      CASE WHEN (m1.state != $2::VARCHAR) THEN m1.number END AS order_2
    FROM orders AS m1
    WHERE (m1.state != $2::VARCHAR OR m1.total >= $1::INTEGER) AND m1.org = $3::VARCHAR
    ORDER BY CASE WHEN (m1.total >= $1::INTEGER) THEN m1.id END ASC,
      CASE WHEN (m1.state != $2::VARCHAR) THEN m1.number END ASC
  ) AS m2
) AS f0,
  (
    SELECT '{"aggregate":{"count":'
      || CAST(count(*) AS TEXT)
      || ',"max":{"total":'
      || coalesce(CAST(to_json(max(CASE WHEN (m3.total >= $4::INTEGER) THEN m3.total END)) AS TEXT), 'null')
      || ',"number":'
      || coalesce(CAST(to_json(max(CASE WHEN (m3.state != $5::VARCHAR) THEN m3.number END)) AS TEXT), 'null')
      || '}}}' AS joined_1
    FROM orders AS m3
    WHERE (m3.state != $5::VARCHAR OR m3.total >= $4::INTEGER) AND m3.org = $6::VARCHAR
  ) AS f1
