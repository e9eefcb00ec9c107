SELECT (
  SELECT group_concat(
    '{"id":' || CAST(m2.id AS TEXT) || ',"name":' || json_quote(m2.name) || '}', ','
  ) AS row_texts_1
  FROM (
    SELECT m1.id AS id, m1.name AS name
    FROM customers AS m1
    WHERE m1.org = ?
    ORDER BY m1.id ASC
    LIMIT 2
    OFFSET ?
  ) AS m2
) AS f0,
  (
    SELECT group_concat(
      '{"id":' || CAST(m4.id AS TEXT) || ',"state":' || json_quote(m4.state) || '}', ','
    ) AS row_texts_2
    FROM (
      SELECT m3.id AS id, m3.state AS state
      FROM orders AS m3
      WHERE m3.state != ? AND m3.org = ?
      ORDER BY m3.id ASC
    ) AS m4
  ) AS f1,
  (
    SELECT group_concat('{"id":' || CAST(m6.id AS TEXT) || '}', ',') AS row_texts_3
    FROM (
      SELECT m5.id AS id
      FROM lines AS m5
      WHERE m5.hidden = 0
      ORDER BY m5.id ASC
    ) AS m6
  ) AS f2,
  (
    SELECT '{"id":' || CAST(m7.id AS TEXT) || '}' AS joined_1
    FROM orders AS m7
    WHERE m7.id = ? AND m7.state != ? AND m7.org = ?
  ) AS f3,
  (
    SELECT '{"id":' || CAST(m8.id AS TEXT) || '}' AS joined_2
    FROM orders AS m8
    WHERE m8.id = ? AND m8.state != ? AND m8.org = ?
  ) AS f4,
  (
    SELECT '{"id":' || CAST(m9.id AS TEXT) || '}' AS joined_3
    FROM orders AS m9
    WHERE m9.id = ? AND m9.state != ? AND m9.org = ?
  ) AS f5
