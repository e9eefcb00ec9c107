SELECT (
  SELECT group_concat(
    '{"pages":' || CAST(m2.pages AS TEXT) || ',"title":' || json_quote(m2.title) || '}', ','
  ) AS row_texts_1
  FROM (
    SELECT m1.pages AS pages, m1.title AS title
    FROM books AS m1
    ORDER BY m1.pages DESC, m1.title ASC
  ) AS m2
) AS f0,
  (
    SELECT group_concat(
      '{"pages":' || CAST(m4.pages AS TEXT) || ',"title":' || json_quote(m4.title) || '}', ','
    ) AS row_texts_2
    FROM (
      SELECT m3.pages AS pages, m3.title AS title
      FROM books AS m3
      ORDER BY m3.pages DESC, m3.title DESC
    ) AS m4
  ) AS f1,
  (
    SELECT group_concat('{"title":' || json_quote(m6.title) || '}', ',') AS row_texts_3
    FROM (
      SELECT m5.title AS title
      FROM books AS m5
      ORDER BY m5.title ASC
    ) AS m6
  ) AS f2,
  (
    SELECT group_concat(
      '{"genre":'
        || CASE WHEN (typeof(m8.genre) = 'blob') THEN json_quote(hex(m8.genre)) ELSE json_quote(m8.genre) END
        || ',"id":'
        || CAST(m8.id AS TEXT)
        || '}',
      ','
    ) AS row_texts_4
    FROM (
      SELECT m7.genre AS genre, m7.id AS id
      FROM books AS m7
      ORDER BY m7.genre ASC, m7.id ASC
    ) AS m8
  ) AS f3,
  (
    SELECT group_concat(
      '{"inPrint":'
        || CASE WHEN (m10.in_print IS NULL) THEN NULL WHEN m10.in_print THEN 'true' ELSE 'false' END
        || ',"id":'
        || CAST(m10.id AS TEXT)
        || '}',
      ','
    ) AS row_texts_5
    FROM (
      SELECT m9.in_print AS in_print, m9.id AS id
      FROM books AS m9
      ORDER BY m9.in_print DESC, m9.id ASC
    ) AS m10
  ) AS f4,
  (
    SELECT group_concat(
      '{"price":'
        || CASE
          WHEN (abs(m12.price) < 1e13) THEN printf('%.2f', m12.price)
          ELSE CASE
          WHEN (abs(m12.price) > 1.7976931348623157e308) THEN 'null'
          WHEN (CAST(CAST(m12.price AS TEXT) AS REAL) = m12.price) THEN CAST(m12.price AS TEXT)
          WHEN (m12.price IS NOT NULL)
            THEN printf(CASE WHEN (abs(m12.price) < 1e100) THEN '%!.17g' ELSE '%!.19g' END, m12.price)
        END
        END
        || '}',
      ','
    ) AS row_texts_6
    FROM (
      SELECT m11.price AS price
      FROM books AS m11
      ORDER BY m11.price DESC
    ) AS m12
  ) AS f5,
  (
    SELECT group_concat(
      '{"addedAt":"'
        || replace(substr(m14.added_at, 1, 19) || rtrim(rtrim(substr(m14.added_at, 20), '0'), '.'), ' ', 'T')
        || '+00:00"}',
      ','
    ) AS row_texts_7
    FROM (
      SELECT m13.added_at AS added_at
      FROM books AS m13
      ORDER BY m13.added_at DESC
    ) AS m14
  ) AS f6
