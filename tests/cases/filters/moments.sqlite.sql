SELECT (
  SELECT group_concat('{"published":' || json_quote(m2.published) || '}', ',') AS row_texts_1
  FROM (
    SELECT m1.published AS published, m1.id AS order_1
    FROM books AS m1
    WHERE m1.published >= ?
    ORDER BY m1.id ASC
  ) AS m2
) AS f0,
  (
    SELECT group_concat('{"published":' || json_quote(m3.published) || '}', ',') AS row_texts_2
    FROM books AS m3
    WHERE m3.published IN (
      SELECT items.value
      FROM json_each(?) AS items
    )
  ) AS f1,
  (
    SELECT group_concat(
      '{"addedAt":"'
        || replace(substr(m4.added_at, 1, 19) || rtrim(rtrim(substr(m4.added_at, 20), '0'), '.'), ' ', 'T')
        || '+00:00"}',
      ','
    ) AS row_texts_3
    FROM books AS m4
    WHERE m4.added_at < ?
  ) AS f2,
  (
    SELECT group_concat(
      '{"addedAt":"'
        || replace(substr(m5.added_at, 1, 19) || rtrim(rtrim(substr(m5.added_at, 20), '0'), '.'), ' ', 'T')
        || '+00:00"}',
      ','
    ) AS row_texts_4
    FROM books AS m5
    WHERE m5.added_at = ?
  ) AS f3,
  (
    SELECT group_concat(
      '{"addedAt":"'
        || replace(substr(m7.added_at, 1, 19) || rtrim(rtrim(substr(m7.added_at, 20), '0'), '.'), ' ', 'T')
        || '+00:00"}',
      ','
    ) AS row_texts_5
    FROM (
      SELECT m6.added_at AS added_at, m6.id AS order_1
      FROM books AS m6
      WHERE m6.added_at IN (
        SELECT items.value
        FROM json_each(?) AS items
      )
      ORDER BY m6.id ASC
    ) AS m7
  ) AS f4
