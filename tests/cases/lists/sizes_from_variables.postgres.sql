SELECT (
  SELECT string_agg('{"id":' || CAST(m3.id AS TEXT) || '}', ',') AS row_texts_1
  FROM (
    SELECT m2.id AS id
    FROM (
      SELECT m1.id AS id
      FROM books AS m1
      ORDER BY m1.id ASC
      LIMIT 5
      OFFSET $1::BIGINT
    ) AS m2
    LIMIT $2::INTEGER
  ) AS m3
) AS f0,
  (
    SELECT string_agg(
      '{"id":'
        || CAST(m5.id AS TEXT)
        || ',"books":['
        || coalesce(
          (
            SELECT string_agg('{"id":' || CAST(m8.id AS TEXT) || '}', ',') AS row_texts_3
            FROM (
              SELECT m7.id AS id
              FROM (
                SELECT m6.id AS id
                FROM books AS m6
                WHERE m5.id = m6.author_id
                ORDER BY m6.id DESC
                LIMIT 5
              ) AS m7
              LIMIT $3::INTEGER
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
