SELECT (
  SELECT group_concat('{"pages":' || CAST(m2.pages AS TEXT) || '}', ',') AS row_texts_1
  FROM (
    SELECT m1.pages AS pages, m1.id AS order_1
    FROM books AS m1
    WHERE (m1.pages > ?) AND (m1.pages <= ?)
    ORDER BY m1.id ASC
  ) AS m2
) AS f0,
  (
    SELECT group_concat('{"id":' || CAST(m4.id AS TEXT) || '}', ',') AS row_texts_2
    FROM (
      SELECT m3.id AS id
      FROM books AS m3
      WHERE m3.pages = ?
      ORDER BY m3.id ASC
    ) AS m4
  ) AS f1,
  (
    SELECT group_concat('{"id":' || CAST(m6.id AS TEXT) || '}', ',') AS row_texts_3
    FROM (
      SELECT m5.id AS id
      FROM books AS m5
      WHERE m5.pages IN (
        SELECT items.value
        FROM json_each(?) AS items
      )
      ORDER BY m5.id ASC
    ) AS m6
  ) AS f2,
  (
    SELECT group_concat(
      '{"price":'
        || CASE
          WHEN (abs(m7.price) < 1e13) THEN printf('%.2f', m7.price)
          ELSE CASE
          WHEN (abs(m7.price) > 1.7976931348623157e308) THEN 'null'
          WHEN (CAST(CAST(m7.price AS TEXT) AS REAL) = m7.price) THEN CAST(m7.price AS TEXT)
          WHEN (m7.price IS NOT NULL)
            THEN printf(CASE WHEN (abs(m7.price) < 1e100) THEN '%!.17g' ELSE '%!.19g' END, m7.price)
        END
        END
        || '}',
      ','
    ) AS row_texts_4
    FROM books AS m7
    WHERE m7.price = ?
  ) AS f3,
  (
    SELECT group_concat(
      '{"price":'
        || CASE
          WHEN (abs(m9.price) < 1e13) THEN printf('%.2f', m9.price)
          ELSE CASE
          WHEN (abs(m9.price) > 1.7976931348623157e308) THEN 'null'
          WHEN (CAST(CAST(m9.price AS TEXT) AS REAL) = m9.price) THEN CAST(m9.price AS TEXT)
          WHEN (m9.price IS NOT NULL)
            THEN printf(CASE WHEN (abs(m9.price) < 1e100) THEN '%!.17g' ELSE '%!.19g' END, m9.price)
        END
        END
        || '}',
      ','
    ) AS row_texts_5
    FROM (
      SELECT m8.price AS price, m8.id AS order_1
      FROM books AS m8
      WHERE m8.price >= ?
      ORDER BY m8.id ASC
    ) AS m9
  ) AS f4,
  (
    SELECT group_concat(
      '{"price":'
        || CASE
          WHEN (abs(m11.price) < 1e13) THEN printf('%.2f', m11.price)
          ELSE CASE
          WHEN (abs(m11.price) > 1.7976931348623157e308) THEN 'null'
          WHEN (CAST(CAST(m11.price AS TEXT) AS REAL) = m11.price) THEN CAST(m11.price AS TEXT)
          WHEN (m11.price IS NOT NULL)
            THEN printf(CASE WHEN (abs(m11.price) < 1e100) THEN '%!.17g' ELSE '%!.19g' END, m11.price)
        END
        END
        || '}',
      ','
    ) AS row_texts_6
    FROM (
      SELECT m10.price AS price, m10.id AS order_1
      FROM books AS m10
      WHERE m10.price IN (
        SELECT items.value
        FROM json_each(?) AS items
      )
      ORDER BY m10.id ASC
    ) AS m11
  ) AS f5,
  (
    SELECT group_concat(
      '{"rating":'
        || coalesce(
          CASE
            WHEN (abs(m12.rating) > 1.7976931348623157e308) THEN 'null'
            WHEN (CAST(CAST(m12.rating AS TEXT) AS REAL) = m12.rating) THEN CAST(m12.rating AS TEXT)
            WHEN (m12.rating IS NOT NULL)
              THEN printf(CASE WHEN (abs(m12.rating) < 1e100) THEN '%!.17g' ELSE '%!.19g' END, m12.rating)
          END,
          'null'
        )
        || '}',
      ','
    ) AS row_texts_7
    FROM books AS m12
    WHERE m12.rating = ?
  ) AS f6,
  (
    SELECT group_concat(
      '{"rating":'
        || coalesce(
          CASE
            WHEN (abs(m14.rating) > 1.7976931348623157e308) THEN 'null'
            WHEN (CAST(CAST(m14.rating AS TEXT) AS REAL) = m14.rating) THEN CAST(m14.rating AS TEXT)
            WHEN (m14.rating IS NOT NULL)
              THEN printf(CASE WHEN (abs(m14.rating) < 1e100) THEN '%!.17g' ELSE '%!.19g' END, m14.rating)
          END,
          'null'
        )
        || '}',
      ','
    ) AS row_texts_8
    FROM (
      SELECT m13.rating AS rating, m13.id AS order_1
      FROM books AS m13
      WHERE m13.rating > ?
      ORDER BY m13.id ASC
    ) AS m14
  ) AS f7,
  (
    SELECT group_concat('{"born":' || coalesce(CAST(m16.born AS TEXT), 'null') || '}', ',') AS row_texts_9
    FROM (
      SELECT m15.born AS born, m15.id AS order_1
      FROM authors AS m15
      WHERE m15.born > ?
      ORDER BY m15.id ASC
    ) AS m16
  ) AS f8
