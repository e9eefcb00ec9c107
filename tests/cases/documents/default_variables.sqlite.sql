SELECT (
  SELECT group_concat('{"id":' || CAST(m2.id AS TEXT) || '}', ',') AS row_texts_1
  FROM (
    SELECT m1.id AS id
    FROM books AS m1
    WHERE m1.id > ?
    ORDER BY m1.id DESC
    LIMIT 2
    OFFSET ?
  ) AS m2
) AS f0,
  (
    SELECT group_concat('{"id":' || CAST(m3.id AS TEXT) || '}', ',') AS row_texts_2
    FROM books AS m3
    WHERE m3.title = ?
  ) AS f1
