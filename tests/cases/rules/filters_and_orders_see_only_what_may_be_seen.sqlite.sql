SELECT (
  SELECT group_concat('{"id":' || CAST(m3.id AS TEXT) || '}', ',') AS row_texts_1
  FROM (
    SELECT m1.id AS id
    FROM customers AS m1
    WHERE m1.org = ?
      AND (
        EXISTS (
          SELECT 1
          FROM orders AS m2
          WHERE m1.id = m2.customer_id AND m2.state != ? AND m2.org = ? AND (m2.state = ?)
        )
      )
    LIMIT 2
    OFFSET ?
  ) AS m3
) AS f0,
  (
    SELECT group_concat('{"id":' || CAST(m6.id AS TEXT) || '}', ',') AS row_texts_2
    FROM (
      SELECT m4.id AS id
      FROM customers AS m4
      WHERE m4.org = ?
        AND (
          (
            SELECT count(*) AS count_1
            FROM orders AS m5
            WHERE m4.id = m5.customer_id AND m5.state != ? AND m5.org = ?
          ) >= ?
        )
      LIMIT 2
      OFFSET ?
    ) AS m6
  ) AS f1,
  (
    SELECT group_concat('{"id":' || CAST(m9.id AS TEXT) || '}', ',') AS row_texts_3
    FROM (
      SELECT m7.id AS id
      FROM customers AS m7
      WHERE m7.org = ?
        AND NOT (
          EXISTS (
            SELECT 1
            FROM orders AS m8
            WHERE m7.id = m8.customer_id AND m8.state != ? AND m8.org = ?
          )
        )
      ORDER BY m7.id ASC
      LIMIT 2
      OFFSET ?
    ) AS m9
  ) AS f2,
  (
    SELECT group_concat('{"id":' || CAST(m10.id AS TEXT) || '}', ',') AS row_texts_4
    FROM orders AS m10
    WHERE m10.state != ?
      AND m10.org = ?
      AND (
        EXISTS (
          SELECT 1
          FROM lines AS m11
          WHERE m10.id = m11.order_id AND m11.hidden = 0 AND (m11.product = ?)
        )
      )
  ) AS f3,
  (
    SELECT group_concat('{"id":' || CAST(m14.id AS TEXT) || '}', ',') AS row_texts_5
    FROM (
      SELECT m12.id AS id,
        (
          SELECT count(*) AS count_2
          FROM lines AS m13
          WHERE m12.id = m13.order_id AND m13.hidden = 0
        ) AS order_1
      FROM orders AS m12
      WHERE m12.state != ? AND m12.org = ?
      ORDER BY (
        SELECT count(*) AS count_2
        FROM lines AS m13
        WHERE m12.id = m13.order_id AND m13.hidden = 0
      ) DESC,
        m12.id ASC
    ) AS m14
  ) AS f4,
  (
    SELECT group_concat('{"id":' || CAST(m17.id AS TEXT) || '}', ',') AS row_texts_6
    FROM (
      SELECT m15.id AS id, m16.number AS order_1
      FROM lines AS m15
      LEFT OUTER JOIN orders AS m16 ON m15.order_id = m16.id AND m16.state != ? AND m16.org = ?
      WHERE m15.hidden = 0
      ORDER BY m16.number DESC, m15.id ASC
    ) AS m17
  ) AS f5
