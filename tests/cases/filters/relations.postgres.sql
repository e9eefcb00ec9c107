SELECT (
  SELECT string_agg('{"id":' || CAST(m3.id AS TEXT) || '}', ',') AS row_texts_1
  FROM (
    SELECT m1.id AS id
    FROM books AS m1
    WHERE EXISTS (
      SELECT 1
      FROM authors AS m2
      WHERE m1.author_id = m2.id AND (m2.name = $1::VARCHAR)
    )
    ORDER BY m1.id ASC
  ) AS m3
) AS f0,
  (
    SELECT string_agg('{"id":' || CAST(m4.id AS TEXT) || '}', ',') AS row_texts_2
    FROM books AS m4
    WHERE NOT (
      EXISTS (
        SELECT 1
        FROM authors AS m5
        WHERE m4.author_id = m5.id
      )
    )
  ) AS f1,
  (
    SELECT string_agg('{"name":' || CAST(to_json(m8.name) AS TEXT) || '}', ',') AS row_texts_3
    FROM (
      SELECT m6.name AS name, m6.id AS order_1
      FROM authors AS m6
      WHERE EXISTS (
        SELECT 1
        FROM books AS m7
        WHERE m6.id = m7.author_id AND (m7.pages > $2::INTEGER)
      )
      ORDER BY m6.id ASC
    ) AS m8
  ) AS f2,
  (
    SELECT string_agg('{"name":' || CAST(to_json(m9.name) AS TEXT) || '}', ',') AS row_texts_4
    FROM authors AS m9
    WHERE NOT (
      EXISTS (
        SELECT 1
        FROM books AS m10
        WHERE m9.id = m10.author_id
      )
    )
  ) AS f3,
  (
    SELECT string_agg('{"name":' || CAST(to_json(m11.name) AS TEXT) || '}', ',') AS row_texts_5
    FROM authors AS m11
    WHERE EXISTS (
      SELECT 1
      FROM books AS m12
      WHERE m11.id = m12.author_id
        AND (m12.pages = $3::INTEGER)
        AND (m12.genre = CAST($4::VARCHAR AS VARCHAR(64)))
    )
  ) AS f4,
  (
    SELECT string_agg('{"name":' || CAST(to_json(m13.name) AS TEXT) || '}', ',') AS row_texts_6
    FROM authors AS m13
    WHERE (
      EXISTS (
        SELECT 1
        FROM books AS m14
        WHERE m13.id = m14.author_id AND (m14.pages = $5::INTEGER)
      )
    )
      AND (
        EXISTS (
          SELECT 1
          FROM books AS m15
          WHERE m13.id = m15.author_id AND (m15.pages = $6::INTEGER)
        )
      )
  ) AS f5,
  (
    SELECT string_agg('{"id":' || CAST(m19.id AS TEXT) || '}', ',') AS row_texts_7
    FROM (
      SELECT m16.id AS id
      FROM reviews AS m16
      WHERE EXISTS (
        SELECT 1
        FROM books AS m17
        WHERE m16.book_id = m17.id
          AND (
            EXISTS (
              SELECT 1
              FROM authors AS m18
              WHERE m17.author_id = m18.id AND (m18.name = $7::VARCHAR)
            )
          )
      )
      ORDER BY m16.id ASC
    ) AS m19
  ) AS f6,
  (
    SELECT string_agg('{"name":' || CAST(to_json(m23.name) AS TEXT) || '}', ',') AS row_texts_8
    FROM (
      SELECT m20.name AS name, m20.id AS order_1
      FROM authors AS m20
      WHERE EXISTS (
        SELECT 1
        FROM books AS m21
        WHERE m20.id = m21.author_id
          AND (
            EXISTS (
              SELECT 1
              FROM reviews AS m22
              WHERE m21.id = m22.book_id AND (m22.stars = $8::INTEGER) AND (m22.verified = $9::BOOLEAN)
            )
          )
      )
      ORDER BY m20.id ASC
    ) AS m23
  ) AS f7,
  (
    SELECT string_agg('{"name":' || CAST(to_json(m24.name) AS TEXT) || '}', ',') AS row_texts_9
    FROM authors AS m24
    WHERE EXISTS (
      SELECT 1
      FROM profiles AS m25
      WHERE m24.id = m25.author_id AND (m25.motto LIKE $10::VARCHAR)
    )
  ) AS f8,
  (
    SELECT string_agg('{"id":' || CAST(m29.id AS TEXT) || '}', ',') AS row_texts_10
    FROM (
      SELECT m26.id AS id
      FROM books AS m26
      WHERE EXISTS (
        SELECT 1
        FROM shelves AS m27
        JOIN placed AS m28 ON m28.shelf_id = m27.id
        WHERE m26.id = m28.book_id AND (m27.name = $11::VARCHAR)
      )
      ORDER BY m26.id ASC
    ) AS m29
  ) AS f9,
  (
    SELECT string_agg('{"name":' || CAST(to_json(m33.name) AS TEXT) || '}', ',') AS row_texts_11
    FROM (
      SELECT m30.name AS name, m30.id AS order_1
      FROM shelves AS m30
      WHERE EXISTS (
        SELECT 1
        FROM books AS m31
        JOIN placed AS m32 ON m32.book_id = m31.id
        WHERE m30.id = m32.shelf_id AND (m31.title = $12::VARCHAR)
      )
      ORDER BY m30.id ASC
    ) AS m33
  ) AS f10,
  (
    SELECT string_agg('{"name":' || CAST(to_json(m34.name) AS TEXT) || '}', ',') AS row_texts_12
    FROM shelves AS m34
    WHERE EXISTS (
      SELECT 1
      FROM shelves AS m35
      WHERE m34.parent_id = m35.id
        AND (
          EXISTS (
            SELECT 1
            FROM shelves AS m36
            WHERE m35.parent_id = m36.id AND (m36.name = $13::VARCHAR)
          )
        )
    )
  ) AS f11,
  (
    SELECT string_agg('{"name":' || CAST(to_json(m37.name) AS TEXT) || '}', ',') AS row_texts_13
    FROM shelves AS m37
    WHERE EXISTS (
      SELECT 1
      FROM shelves AS m38
      WHERE m37.id = m38.parent_id
        AND (
          EXISTS (
            SELECT 1
            FROM shelves AS m39
            WHERE m38.id = m39.parent_id AND (m39.name = $14::VARCHAR)
          )
        )
    )
  ) AS f12
