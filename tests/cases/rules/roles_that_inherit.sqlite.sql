SELECT (
  SELECT group_concat(
    '{"id":'
      || CAST(m2.id AS TEXT)
      || ',"number":'
      || json_quote(m2.number__shown)
      || ',"total":'
      || CASE
        WHEN (abs(m2.total) < 1e13) THEN printf('%.2f', m2.total)
        ELSE CASE
        WHEN (abs(m2.total) > 1.7976931348623157e308) THEN 'null'
        WHEN (CAST(CAST(m2.total AS TEXT) AS REAL) = m2.total) THEN CAST(m2.total AS TEXT)
        WHEN (m2.total IS NOT NULL)
          THEN printf(CASE WHEN (abs(m2.total) < 1e100) THEN '%!.17g' ELSE '%!.19g' END, m2.total)
      END
      END
      || ',"state":'
      || json_quote(m2.state)
      || ',"sellerId":'
      || coalesce(CAST(m2.seller_id__shown AS TEXT), 'null')
      || '}',
    ','
  ) AS row_texts_1
  FROM (
    SELECT m1.id AS id, m1.total AS total, m1.state AS state,
      CASE WHEN (m1.state != ?) THEN m1.number END AS number__shown,
      CASE WHEN (m1.state != ?) THEN m1.seller_id END AS seller_id__shown,
      CASE WHEN (m1.state != ?) THEN m1.number END AS order_2
    FROM orders AS m1
    WHERE (m1.state != ? OR m1.total >= ?) AND m1.org = ?
    ORDER BY m1.id ASC, CASE WHEN (m1.state != ?) THEN m1.number END ASC NULLS LAST
  ) AS m2
) AS f0,
  (
    SELECT '{"aggregate":{"count":'
      || CAST(count(*) AS TEXT)
      || ',"max":{"total":'
      || coalesce(
        CASE
          WHEN (abs(max(m3.total)) < 1e13) THEN printf('%.2f', max(m3.total))
          ELSE CASE
          WHEN (abs(max(m3.total)) > 1.7976931348623157e308) THEN 'null'
          WHEN (CAST(CAST(max(m3.total) AS TEXT) AS REAL) = max(m3.total)) THEN CAST(max(m3.total) AS TEXT)
          WHEN (max(m3.total) IS NOT NULL)
            THEN printf(CASE WHEN (abs(max(m3.total)) < 1e100) THEN '%!.17g' ELSE '%!.19g' END, max(m3.total))
        END
        END,
        'null'
      )
      || ',"number":'
      || json_quote(max(CASE WHEN (m3.state != ?) THEN m3.number END))
      || '}}}' AS joined_1
    FROM orders AS m3
    WHERE (m3.state != ? OR m3.total >= ?) AND m3.org = ?
  ) AS f1
