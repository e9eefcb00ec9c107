SELECT (
  SELECT group_concat('{"id":' || CAST(m1.id AS TEXT) || '}', ',') AS row_texts_1
  FROM kinds AS m1
  WHERE (m1.uuid = ?)
    AND m1.uuid IN (
      SELECT items.value
      FROM json_each(?) AS items
    )
) AS f0,
  (
    SELECT group_concat('{"id":' || CAST(m2.id AS TEXT) || '}', ',') AS row_texts_2
    FROM kinds AS m2
    WHERE m2.raw = ?
  ) AS f1,
  (
    SELECT group_concat('{"id":' || CAST(m3.id AS TEXT) || '}', ',') AS row_texts_3
    FROM kinds AS m3
    WHERE m3.big IN (
      SELECT items.value
      FROM json_each(?) AS items
    )
  ) AS f2,
  (
    SELECT group_concat('{"id":' || CAST(m4.id AS TEXT) || '}', ',') AS row_texts_4
    FROM kinds AS m4
    WHERE m4.hour < ?
  ) AS f3,
  (
    SELECT group_concat('{"id":' || CAST(m5.id AS TEXT) || '}', ',') AS row_texts_5
    FROM kinds AS m5
    WHERE json(m5.numbers) IS NOT NULL
      AND NOT (
        EXISTS (
          SELECT 1
          FROM json_each(?) AS wanted
          WHERE (
            wanted.value NOT IN (
              SELECT offered.value
              FROM json_each(json(m5.numbers)) AS offered
            )
          )
        )
      )
  ) AS f4,
  (
    SELECT group_concat('{"id":' || CAST(m6.id AS TEXT) || '}', ',') AS row_texts_6
    FROM kinds AS m6
    WHERE (
      m6.color NOT IN (
        SELECT items.value
        FROM json_each(?) AS items
      )
    )
  ) AS f5,
  (
    SELECT group_concat('{"id":' || CAST(m7.id AS TEXT) || '}', ',') AS row_texts_7
    FROM kinds AS m7
    WHERE m7.local >= ?
  ) AS f6
