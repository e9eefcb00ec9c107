SELECT (
  SELECT group_concat('{"id":' || CAST(m3.id AS TEXT) || '}', ',') AS row_texts_1
  FROM (
    SELECT m1.id AS id
    FROM books AS m1
    ORDER BY m1.id ASC
    LIMIT ?
    OFFSET ?
  ) AS m3
) AS f0,
  (
    SELECT group_concat(
      '{"id":'
        || CAST(m5.id AS TEXT)
        || ',"books":['
        || coalesce(
          (
            SELECT group_concat('{"id":' || CAST(m8.id AS TEXT) || '}', ',') AS row_texts_3
            FROM (
              SELECT m6.id AS id
              FROM books AS m6
              WHERE m5.id = m6.author_id
              ORDER BY m6.id DESC
              LIMIT ?
              OFFSET ?
            ) AS m8
          ),
          ''
        )
        || ']}',
      ','
    ) AS row_texts_2
    FROM (
      SELECT m4.id AS id
      FROM authors AS m4
      ORDER BY m4.id ASC
    ) AS m5
  ) AS f1
