SELECT (
  SELECT group_concat('{"id":' || CAST(m2.id AS TEXT) || '}', ',') AS row_texts_1
  FROM (
    SELECT m1.id AS id
    FROM books AS m1
    WHERE (m1.details -> ?) IS NOT NULL
    ORDER BY m1.id ASC
  ) AS m2
) AS f0,
  (
    SELECT group_concat('{"id":' || CAST(m4.id AS TEXT) || '}', ',') AS row_texts_2
    FROM (
      SELECT m3.id AS id
      FROM books AS m3
      WHERE EXISTS (
        SELECT 1
        FROM json_each(?) AS keys
        WHERE (m3.details -> keys.value) IS NOT NULL
      )
      ORDER BY m3.id ASC
    ) AS m4
  ) AS f1,
  (
    SELECT group_concat('{"id":' || CAST(m6.id AS TEXT) || '}', ',') AS row_texts_3
    FROM (
      SELECT m5.id AS id
      FROM books AS m5
      WHERE m5.details IS NOT NULL
        AND NOT (
          EXISTS (
            SELECT 1
            FROM json_each(?) AS keys
            WHERE (m5.details -> keys.value) IS NULL
          )
        )
      ORDER BY m5.id ASC
    ) AS m6
  ) AS f2,
  (
    SELECT group_concat('{"id":' || CAST(m7.id AS TEXT) || '}', ',') AS row_texts_4
    FROM books AS m7
    WHERE (m7.details -> ?) IS NOT NULL
  ) AS f3,
  (
    SELECT group_concat('{"id":' || CAST(m9.id AS TEXT) || '}', ',') AS row_texts_5
    FROM (
      SELECT m8.id AS id
      FROM books AS m8
      WHERE m8.details IS NOT NULL
        AND NOT (
          EXISTS (
            SELECT 1
            FROM json_each(?) AS keys
            WHERE (m8.details -> keys.value) IS NULL
          )
        )
      ORDER BY m8.id ASC
    ) AS m9
  ) AS f4,
  (
    SELECT group_concat('{"id":' || CAST(m10.id AS TEXT) || '}', ',') AS row_texts_6
    FROM books AS m10
    WHERE EXISTS (
      SELECT 1
      FROM json_each(?) AS keys
      WHERE (m10.details -> keys.value) IS NOT NULL
    )
  ) AS f5
