SELECT (
  SELECT group_concat('{"name":' || json_quote(m1.name) || '}', ',') AS row_texts_1
  FROM authors AS m1
  WHERE (
    SELECT count(*) AS count_1
    FROM books AS m2
    WHERE m1.id = m2.author_id
  ) > ?
) AS f0,
  (
    SELECT group_concat('{"name":' || json_quote(m3.name) || '}', ',') AS row_texts_2
    FROM authors AS m3
    WHERE (
      SELECT count(*) AS count_2
      FROM books AS m4
      WHERE m3.id = m4.author_id
    ) = ?
  ) AS f1,
  (
    SELECT group_concat('{"id":' || CAST(m5.id AS TEXT) || '}', ',') AS row_texts_3
    FROM books AS m5
    WHERE (
      SELECT count(*) AS count_3
      FROM reviews AS m6
      WHERE m5.id = m6.book_id AND (m6.stars >= ?)
    ) >= ?
  ) AS f2,
  (
    SELECT group_concat('{"id":' || CAST(m9.id AS TEXT) || '}', ',') AS row_texts_4
    FROM (
      SELECT m7.id AS id
      FROM books AS m7
      WHERE (
        SELECT count(m8.text) AS count_4
        FROM reviews AS m8
        WHERE m7.id = m8.book_id
      ) = ?
      ORDER BY m7.id ASC
    ) AS m9
  ) AS f3,
  (
    SELECT group_concat('{"name":' || json_quote(m12.name) || '}', ',') AS row_texts_5
    FROM (
      SELECT m10.name AS name, m10.id AS order_1
      FROM authors AS m10
      WHERE (
        SELECT count(DISTINCT m11.genre) AS count_5
        FROM books AS m11
        WHERE m10.id = m11.author_id
      ) = ?
      ORDER BY m10.id ASC
    ) AS m12
  ) AS f4,
  (
    SELECT group_concat('{"id":' || CAST(m15.id AS TEXT) || '}', ',') AS row_texts_6
    FROM (
      SELECT m13.id AS id
      FROM books AS m13
      WHERE (
        SELECT avg(m14.stars) AS avg_1
        FROM reviews AS m14
        WHERE m13.id = m14.book_id
      ) >= ?
      ORDER BY m13.id ASC
    ) AS m15
  ) AS f5,
  (
    SELECT group_concat('{"id":' || CAST(m18.id AS TEXT) || '}', ',') AS row_texts_7
    FROM (
      SELECT m16.id AS id
      FROM books AS m16
      WHERE (
        SELECT sum(m17.stars) AS sum_1
        FROM reviews AS m17
        WHERE m16.id = m17.book_id
      ) IN (
        SELECT items.value
        FROM json_each(?) AS items
      )
      ORDER BY m16.id ASC
    ) AS m18
  ) AS f6,
  (
    SELECT group_concat('{"id":' || CAST(m21.id AS TEXT) || '}', ',') AS row_texts_8
    FROM (
      SELECT m19.id AS id
      FROM books AS m19
      WHERE (
        SELECT max(m20.stars) AS max_1
        FROM reviews AS m20
        WHERE m19.id = m20.book_id
      ) < ?
      ORDER BY m19.id ASC
    ) AS m21
  ) AS f7,
  (
    SELECT group_concat('{"id":' || CAST(m24.id AS TEXT) || '}', ',') AS row_texts_9
    FROM (
      SELECT m22.id AS id
      FROM books AS m22
      WHERE (
        SELECT min(m23.stars) AS min_1
        FROM reviews AS m23
        WHERE m22.id = m23.book_id
      ) IS NULL
      ORDER BY m22.id ASC
    ) AS m24
  ) AS f8,
  (
    SELECT group_concat('{"id":' || CAST(m27.id AS TEXT) || '}', ',') AS row_texts_10
    FROM (
      SELECT m25.id AS id
      FROM books AS m25
      WHERE (
        SELECT min(m26.verified) AS min_2
        FROM reviews AS m26
        WHERE m25.id = m26.book_id
      ) = ?
      ORDER BY m25.id ASC
    ) AS m27
  ) AS f9,
  (
    SELECT group_concat('{"id":' || CAST(m30.id AS TEXT) || '}', ',') AS row_texts_11
    FROM (
      SELECT m28.id AS id
      FROM books AS m28
      WHERE (
        SELECT max(m29.verified) AS max_2
        FROM reviews AS m29
        WHERE m28.id = m29.book_id
      ) = ?
      ORDER BY m28.id ASC
    ) AS m30
  ) AS f10,
  (
    SELECT group_concat('{"name":' || json_quote(m34.name) || '}', ',') AS row_texts_12
    FROM (
      SELECT m31.name AS name, m31.id AS order_1
      FROM shelves AS m31
      WHERE (
        SELECT count(*) AS count_6
        FROM books AS m32
        JOIN placed AS m33 ON m33.book_id = m32.id
        WHERE m31.id = m33.shelf_id
      ) = ?
      ORDER BY m31.id ASC
    ) AS m34
  ) AS f11,
  (
    SELECT group_concat('{"name":' || json_quote(m35.name) || '}', ',') AS row_texts_13
    FROM authors AS m35
    WHERE (
      (
        SELECT count(*) AS count_7
        FROM books AS m36
        WHERE m35.id = m36.author_id
      ) > ?
    )
      AND (
        (
          SELECT count(*) AS count_7
          FROM books AS m36
          WHERE m35.id = m36.author_id
        ) < ?
      )
      AND (
        (
          SELECT sum(m37.pages) AS sum_2
          FROM books AS m37
          WHERE m35.id = m37.author_id
        ) > ?
      )
  ) AS f12
