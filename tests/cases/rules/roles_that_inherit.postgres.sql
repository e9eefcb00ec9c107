SELECT (
  SELECT string_agg(
    '{"id":'
      || CAST(m2.id AS TEXT)
      || ',"number":'
      || coalesce(CAST(to_json(m2.number__shown) AS TEXT), 'null')
      || ',"total":'
      || CAST(to_json(m2.total) AS TEXT)
      || ',"state":'
      || CAST(to_json(m2.state) AS TEXT)
      || ',"sellerId":'
      || coalesce(CAST(m2.seller_id__shown AS TEXT), 'null')
      || '}',
    ','
  ) AS row_texts_1
  FROM (
    SELECT m1.id AS id, m1.total AS total, m1.state AS state,
      CASE WHEN (m1.state != $1::VARCHAR) THEN m1.number END AS number__shown,
      CASE WHEN (m1.state != $1::VARCHAR) THEN m1.seller_id END AS seller_id__shown,
      CASE WHEN (m1.state != $1::VARCHAR) THEN m1.number END AS order_2
    FROM orders AS m1
    WHERE (m1.state != $1::VARCHAR OR m1.total >= $2::INTEGER) AND m1.org = $3::VARCHAR
    ORDER BY m1.id ASC, CASE WHEN (m1.state != $1::VARCHAR) THEN m1.number END ASC
  ) AS m2
) AS f0,
  (
    SELECT '{"aggregate":{"count":'
      || CAST(count(*) AS TEXT)
      || ',"max":{"total":'
      || coalesce(CAST(to_json(max(m3.total)) AS TEXT), 'null')
      || ',"number":'
      || coalesce(CAST(to_json(max(CASE WHEN (m3.state != $4::VARCHAR) THEN m3.number END)) AS TEXT), 'null')
      || '}}}' AS joined_1
    FROM orders AS m3
    WHERE (m3.state != $4::VARCHAR OR m3.total >= $5::INTEGER) AND m3.org = $6::VARCHAR
  ) AS f1
