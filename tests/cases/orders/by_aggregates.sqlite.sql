SELECT (
  SELECT group_concat('{"id":' || CAST(m3.id AS TEXT) || '}', ',') AS row_texts_1
  FROM (
    SELECT m1.id AS id,
      (
        SELECT count(*) AS count_1
        FROM books AS m2
        WHERE m1.id = m2.author_id
      ) AS order_1
    FROM authors AS m1
    ORDER BY (
      SELECT count(*) AS count_1
      FROM books AS m2
      WHERE m1.id = m2.author_id
    ) DESC,
      m1.id ASC
  ) AS m3
) AS f0,
  (
    SELECT group_concat('{"id":' || CAST(m6.id AS TEXT) || '}', ',') AS row_texts_2
    FROM (
      SELECT m4.id AS id,
        (
          SELECT max(m5.pages) AS max_1
          FROM books AS m5
          WHERE m4.id = m5.author_id
        ) AS order_1
      FROM authors AS m4
      ORDER BY (
        SELECT max(m5.pages) AS max_1
        FROM books AS m5
        WHERE m4.id = m5.author_id
      ) ASC NULLS LAST,
        m4.id ASC
    ) AS m6
  ) AS f1,
  (
    SELECT group_concat('{"id":' || CAST(m9.id AS TEXT) || '}', ',') AS row_texts_3
    FROM (
      SELECT m7.id AS id,
        (
          SELECT min(m8.title) AS min_1
          FROM books AS m8
          WHERE m7.id = m8.author_id
        ) AS order_1
      FROM authors AS m7
      ORDER BY (
        SELECT min(m8.title) AS min_1
        FROM books AS m8
        WHERE m7.id = m8.author_id
      ) DESC,
        m7.id ASC
    ) AS m9
  ) AS f2,
  (
    SELECT group_concat('{"id":' || CAST(m12.id AS TEXT) || '}', ',') AS row_texts_4
    FROM (
      SELECT m10.id AS id,
        (
          SELECT avg(m11.stars) AS avg_1
          FROM reviews AS m11
          WHERE m10.id = m11.book_id
        ) AS order_1
      FROM books AS m10
      ORDER BY (
        SELECT avg(m11.stars) AS avg_1
        FROM reviews AS m11
        WHERE m10.id = m11.book_id
      ) DESC,
        m10.id ASC
    ) AS m12
  ) AS f3,
  (
    SELECT group_concat('{"id":' || CAST(m15.id AS TEXT) || '}', ',') AS row_texts_5
    FROM (
      SELECT m13.id AS id,
        (
          SELECT sum(m14.stars) AS sum_1
          FROM reviews AS m14
          WHERE m13.id = m14.book_id
        ) AS order_1
      FROM books AS m13
      ORDER BY (
        SELECT sum(m14.stars) AS sum_1
        FROM reviews AS m14
        WHERE m13.id = m14.book_id
      ) ASC,
        m13.id ASC
    ) AS m15
  ) AS f4,
  (
    SELECT group_concat('{"name":' || json_quote(m19.name) || '}', ',') AS row_texts_6
    FROM (
      SELECT m16.name AS name,
        (
          SELECT count(*) AS count_2
          FROM books AS m17
          JOIN placed AS m18 ON m18.book_id = m17.id
          WHERE m16.id = m18.shelf_id
        ) AS order_1
      FROM shelves AS m16
      ORDER BY (
        SELECT count(*) AS count_2
        FROM books AS m17
        JOIN placed AS m18 ON m18.book_id = m17.id
        WHERE m16.id = m18.shelf_id
      ) DESC,
        m16.name ASC
    ) AS m19
  ) AS f5,
  (
    SELECT group_concat('{"id":' || CAST(m23.id AS TEXT) || '}', ',') AS row_texts_7
    FROM (
      SELECT m20.id AS id,
        (
          SELECT count(*) AS count_3
          FROM reviews AS m22
          WHERE m21.id = m22.book_id
        ) AS order_1
      FROM reviews AS m20
      LEFT OUTER JOIN books AS m21 ON m20.book_id = m21.id
      ORDER BY (
        SELECT count(*) AS count_3
        FROM reviews AS m22
        WHERE m21.id = m22.book_id
      ) DESC,
        m20.id ASC
    ) AS m23
  ) AS f6
