SELECT (
  SELECT group_concat(
    '{"id":'
      || coalesce(CAST(m2.id__shown AS TEXT), 'null')
      || ',"number":'
      || json_quote(m2.number__shown)
      || ',"total":'
      || coalesce(
        CASE
          WHEN (abs(m2.total__shown) < 1e13) THEN printf('%.2f', m2.total__shown)
          ELSE CASE
          WHEN (abs(m2.total__shown) > 1.7976931348623157e308) THEN 'null'
          WHEN (CAST(CAST(m2.total__shown AS TEXT) AS REAL) = m2.total__shown)
            THEN CAST(m2.total__shown AS TEXT)
          WHEN (m2.total__shown IS NOT NULL) THEN printf('%!.17g', m2.total__shown)
        END
        END,
        'null'
      )
      || ',"state":'
      || json_quote(m2.state__shown)
      || ',"sellerId":'
      || coalesce(CAST(m2.seller_id__shown AS TEXT), 'null')
      || '}',
    ','
  ) AS row_texts_1
  FROM (
    SELECT CASE WHEN (m1.total >= ?) THEN m1.id END AS id__shown,
      CASE WHEN (m1.state != ?) THEN m1.number END AS number__shown,
      CASE WHEN (m1.total >= ?) THEN m1.total END AS total__shown,
      CASE WHEN (m1.total >= ?) THEN m1.state END AS state__shown,
      CASE WHEN (m1.state != ?) THEN m1.seller_id END AS seller_id__shown,
      CASE WHEN (m1.total >= ?) THEN m1.id END AS order_1,
      CASE WHEN (m1.state != ?) THEN m1.number END AS order_2
    FROM orders AS m1
    WHERE (m1.state != ? OR m1.total >= ?) AND m1.org = ?
    ORDER BY CASE WHEN (m1.total >= ?) THEN m1.id END ASC NULLS LAST,
      CASE WHEN (m1.state != ?) THEN m1.number END ASC NULLS LAST
  ) AS m2
) AS f0,
  (
    SELECT '{"aggregate":{"count":'
      || CAST(count(*) AS TEXT)
      || ',"max":{"total":'
      || coalesce(
        CASE
          WHEN (abs(max(CASE WHEN (m3.total >= ?) THEN m3.total END)) < 1e13)
            THEN printf('%.2f', max(CASE WHEN (m3.total >= ?) THEN m3.total END))
          ELSE CASE
          WHEN (abs(max(CASE WHEN (m3.total >= ?) THEN m3.total END)) > 1.7976931348623157e308) THEN 'null'
          WHEN (
            CAST(
              CAST(max(CASE WHEN (m3.total >= ?) THEN m3.total END) AS TEXT) AS REAL
            ) = max(CASE WHEN (m3.total >= ?) THEN m3.total END)
          )
            THEN CAST(max(CASE WHEN (m3.total >= ?) THEN m3.total END) AS TEXT)
          WHEN (max(CASE WHEN (m3.total >= ?) THEN m3.total END) IS NOT NULL)
            THEN printf('%!.17g', max(CASE WHEN (m3.total >= ?) THEN m3.total END))
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
