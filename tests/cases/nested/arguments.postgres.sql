SELECT string_agg(
  '{"longest":['
    || coalesce(
      (
        SELECT string_agg('{"title":' || CAST(to_json(m4.title) AS TEXT) || '}', ',') AS row_texts_2
        FROM (
          SELECT m3.title AS title, m3.pages AS order_1
          FROM books AS m3
          WHERE m2.id = m3.author_id
          ORDER BY m3.pages DESC
          LIMIT 1
        ) AS m4
      ),
      ''
    )
    || '],"second":['
    || coalesce(
      (
        SELECT string_agg('{"title":' || CAST(to_json(m6.title) AS TEXT) || '}', ',') AS row_texts_3
        FROM (
          SELECT m5.title AS title, m5.pages AS order_1
          FROM books AS m5
          WHERE m2.id = m5.author_id
          ORDER BY m5.pages DESC
          LIMIT 1
          OFFSET $1::BIGINT
        ) AS m6
      ),
      ''
    )
    || '],"science":['
    || coalesce(
      (
        SELECT string_agg('{"title":' || CAST(to_json(m8.title) AS TEXT) || '}', ',') AS row_texts_4
        FROM (
          SELECT m7.title AS title, m7.id AS order_1
          FROM books AS m7
          WHERE m2.id = m7.author_id AND (m7.genre = CAST($2::VARCHAR AS VARCHAR(64)))
          ORDER BY m7.id ASC
        ) AS m8
      ),
      ''
    )
    || '],"loved":['
    || coalesce(
      (
        SELECT string_agg(
          '{"title":'
            || CAST(to_json(m11.title) AS TEXT)
            || ',"reviews":['
            || coalesce(
              (
                SELECT string_agg('{"stars":' || CAST(m13.stars AS TEXT) || '}', ',') AS row_texts_6
                FROM (
                  SELECT m12.stars AS stars, m12.id AS order_2
                  FROM reviews AS m12
                  WHERE m11.id = m12.book_id AND (m12.verified = $3::BOOLEAN)
                  ORDER BY m12.stars DESC, m12.id ASC
                ) AS m13
              ),
              ''
            )
            || ']}',
          ','
        ) AS row_texts_5
        FROM (
          SELECT m9.title AS title, m9.id AS id
          FROM books AS m9
          WHERE m2.id = m9.author_id
            AND (
              EXISTS (
                SELECT 1
                FROM reviews AS m10
                WHERE m9.id = m10.book_id AND (m10.stars = $4::INTEGER)
              )
            )
          ORDER BY m9.id ASC
        ) AS m11
      ),
      ''
    )
    || ']}',
  ','
) AS row_texts_1
FROM (
  SELECT m1.id AS id
  FROM authors AS m1
  WHERE m1.id = any($5::INTEGER[])
  ORDER BY m1.id ASC
) AS m2
