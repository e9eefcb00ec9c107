SELECT (
  SELECT group_concat('{"id":' || CAST(m2.id AS TEXT) || '}', ',') AS row_texts_1
  FROM (
    SELECT m1.id AS id
    FROM customers AS m1
    WHERE m1.org = ?
    ORDER BY m1.id ASC
  ) AS m2
) AS f0,
  (
    SELECT group_concat('{"id":' || CAST(m4.id AS TEXT) || '}', ',') AS row_texts_2
    FROM (
      SELECT m3.id AS id
      FROM orders AS m3
      WHERE (m3.state != ? OR m3.seller_id = ?) AND m3.org = ?
      ORDER BY m3.id ASC
    ) AS m4
  ) AS f1,
  (
    SELECT '{"id":' || CAST(m5.id AS TEXT) || '}' AS joined_1
    FROM orders AS m5
    WHERE m5.id = ? AND (m5.state != ? OR m5.seller_id = ?) AND m5.org = ?
  ) AS f2,
  (
    SELECT group_concat(
      '{"id":'
        || CAST(m7.id AS TEXT)
        || ',"orders":['
        || coalesce(
          (
            SELECT group_concat('{"id":' || CAST(m9.id AS TEXT) || '}', ',') AS row_texts_4
            FROM (
              SELECT m8.id AS id
              FROM orders AS m8
              WHERE m7.id = m8.seller_id AND (m8.state != ? OR m8.seller_id = ?) AND m8.org = ?
              ORDER BY m8.id ASC
            ) AS m9
          ),
          ''
        )
        || ']}',
      ','
    ) AS row_texts_3
    FROM (
      SELECT m6.id AS id
      FROM users AS m6
      ORDER BY m6.id ASC
    ) AS m7
  ) AS f3
