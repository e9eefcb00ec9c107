SELECT (
  SELECT group_concat('{"id":' || CAST(m2.id AS TEXT) || '}', ',') AS row_texts_1
  FROM (
    SELECT m1.id AS id
    FROM books AS m1
    WHERE json(m1.tags) IS NOT NULL
      AND NOT (
        EXISTS (
          SELECT 1
          FROM json_each(?) AS wanted
          WHERE (
            wanted.value NOT IN (
              SELECT offered.value
              FROM json_each(json(m1.tags)) AS offered
            )
          )
        )
      )
    ORDER BY m1.id ASC
  ) AS m2
) AS f0,
  (
    SELECT group_concat('{"id":' || CAST(m4.id AS TEXT) || '}', ',') AS row_texts_2
    FROM (
      SELECT m3.id AS id
      FROM books AS m3
      WHERE json(m3.tags) IS NOT NULL
        AND NOT (
          EXISTS (
            SELECT 1
            FROM json_each(json(m3.tags)) AS wanted
            WHERE (
              wanted.value NOT IN (
                SELECT offered.value
                FROM json_each(?) AS offered
              )
            )
          )
        )
      ORDER BY m3.id ASC
    ) AS m4
  ) AS f1,
  (
    SELECT group_concat('{"id":' || CAST(m5.id AS TEXT) || '}', ',') AS row_texts_3
    FROM books AS m5
    WHERE json(m5.tags) = json(?)
  ) AS f2,
  (
    SELECT group_concat('{"id":' || CAST(m6.id AS TEXT) || '}', ',') AS row_texts_4
    FROM books AS m6
    WHERE json(m6.tags) = json(?)
  ) AS f3,
  (
    SELECT group_concat('{"id":' || CAST(m8.id AS TEXT) || '}', ',') AS row_texts_5
    FROM (
      SELECT m7.id AS id
      FROM books AS m7
      WHERE json(m7.tags) <> json(?)
      ORDER BY m7.id ASC
    ) AS m8
  ) AS f4,
  (
    SELECT group_concat('{"id":' || CAST(m9.id AS TEXT) || '}', ',') AS row_texts_6
    FROM books AS m9
    WHERE json(m9.tags) = json(?)
  ) AS f5,
  (
    SELECT group_concat('{"id":' || CAST(m11.id AS TEXT) || '}', ',') AS row_texts_7
    FROM (
      SELECT m10.id AS id
      FROM books AS m10
      WHERE json(m10.tags) IN (
        SELECT items.value
        FROM json_each(?) AS items
      )
      ORDER BY m10.id ASC
    ) AS m11
  ) AS f6,
  (
    SELECT group_concat('{"id":' || CAST(m13.id AS TEXT) || '}', ',') AS row_texts_8
    FROM (
      SELECT m12.id AS id
      FROM books AS m12
      WHERE (
        json(m12.tags) NOT IN (
          SELECT items.value
          FROM json_each(?) AS items
        )
      )
      ORDER BY m12.id ASC
    ) AS m13
  ) AS f7,
  (
    SELECT group_concat('{"id":' || CAST(m14.id AS TEXT) || '}', ',') AS row_texts_9
    FROM books AS m14
    WHERE json(m14.tags) IS NOT NULL
      AND NOT (
        EXISTS (
          SELECT 1
          FROM json_each(?) AS wanted
          WHERE (
            wanted.value NOT IN (
              SELECT offered.value
              FROM json_each(json(m14.tags)) AS offered
            )
          )
        )
      )
  ) AS f8,
  (
    SELECT group_concat('{"id":' || CAST(m15.id AS TEXT) || '}', ',') AS row_texts_10
    FROM books AS m15
    WHERE json(m15.tags) IS NOT NULL
      AND NOT (
        EXISTS (
          SELECT 1
          FROM json_each(?) AS wanted
          WHERE (
            wanted.value NOT IN (
              SELECT offered.value
              FROM json_each(json(m15.tags)) AS offered
            )
          )
        )
      )
  ) AS f9,
  (
    SELECT group_concat('{"id":' || CAST(m17.id AS TEXT) || '}', ',') AS row_texts_11
    FROM (
      SELECT m16.id AS id
      FROM books AS m16
      WHERE json(m16.tags) IS NOT NULL
        AND NOT (
          EXISTS (
            SELECT 1
            FROM json_each(?) AS wanted
            WHERE (
              wanted.value NOT IN (
                SELECT offered.value
                FROM json_each(json(m16.tags)) AS offered
              )
            )
          )
        )
      ORDER BY m16.id ASC
    ) AS m17
  ) AS f10
