SELECT (
  SELECT group_concat(
    '{"accountId":'
      || coalesce(CAST(m2.account_id AS TEXT), 'null')
      || ',"days":'
      || coalesce(CAST(m2.days AS TEXT), 'null')
      || ',"total":'
      || coalesce(CAST(m2.total AS TEXT), 'null')
      || '}',
    ','
  ) AS row_texts_1
  FROM (
    SELECT m1.account_id AS account_id, m1.days AS days, m1.total AS total
    FROM entry_totals AS m1
    ORDER BY m1.account_id ASC NULLS LAST
  ) AS m2
) AS f0,
  (
    SELECT '{"aggregate":{"sum":{"total":'
      || coalesce(CAST(sum(m3.total) AS TEXT), 'null')
      || '},"count":'
      || CAST(count(*) AS TEXT)
      || '}}' AS joined_1
    FROM entry_totals AS m3
  ) AS f1,
  (
    SELECT group_concat('{"days":' || coalesce(CAST(m5.days AS TEXT), 'null') || '}', ',') AS row_texts_2
    FROM (
      SELECT m4.days AS days
      FROM entry_totals AS m4
      WHERE m4.total > ?
      LIMIT 1
      OFFSET ?
    ) AS m5
  ) AS f2
