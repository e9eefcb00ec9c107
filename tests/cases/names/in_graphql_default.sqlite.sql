SELECT (
  SELECT group_concat(
    '{"title":'
      || json_quote(m3.title)
      || ',"inPrint":'
      || CASE WHEN (m3.in_print IS NULL) THEN NULL WHEN m3.in_print THEN 'true' ELSE 'false' END
      || ',"addedAt":"'
      || replace(substr(m3.added_at, 1, 19) || rtrim(rtrim(substr(m3.added_at, 20), '0'), '.'), ' ', 'T')
      || '+00:00","authorId":'
      || coalesce(CAST(m3.author_id AS TEXT), 'null')
      || ',"author":'
      || CASE WHEN (m4.id IS NULL) THEN 'null' ELSE '{"name":'
      || json_quote(m4.name)
      || ',"booksAggregate":'
      || (
        SELECT '{"aggregate":{"count":'
          || CAST(count(*) AS TEXT)
          || ',"varPop":{"pages":'
          || coalesce(CAST(max(m5.pages) AS TEXT), 'null')
          || '}}}' AS joined_1
        FROM books AS m5
        WHERE m4.id = m5.author_id
      )
      || '}' END
      || ',"reviews":['
      || coalesce(
        (
          SELECT group_concat(
            '{"stars":' || CAST(m7.stars AS TEXT) || ',"bookId":' || CAST(m7.book_id AS TEXT) || '}', ','
          ) AS row_texts_2
          FROM (
            SELECT m6.stars AS stars, m6.book_id AS book_id
            FROM reviews AS m6
            WHERE m3.id = m6.book_id
            ORDER BY m6.stars ASC
          ) AS m7
        ),
        ''
      )
      || ']}',
    ','
  ) AS row_texts_1
  FROM (
    SELECT m1.title AS title, m1.in_print AS in_print, m1.added_at AS added_at, m1.author_id AS author_id,
      m1.id AS id, m1.pages AS order_1
    FROM books AS m1
    WHERE (m1.in_print = ?)
      AND (
        EXISTS (
          SELECT 1
          FROM authors AS m2
          WHERE m1.author_id = m2.id AND (lower(m2.name) GLOB lower(?))
        )
      )
    ORDER BY m1.pages DESC
    LIMIT 5
    OFFSET ?
  ) AS m3
  LEFT OUTER JOIN authors AS m4 ON m3.author_id = m4.id
) AS f0,
  (
    SELECT '{"title":'
      || json_quote(m8.title)
      || ',"shelves":['
      || coalesce(
        (
          SELECT group_concat('{"name":' || json_quote(m11.name) || '}', ',') AS row_texts_3
          FROM (
            SELECT m9.name AS name
            FROM shelves AS m9
            WHERE EXISTS (
              SELECT 1
              FROM placed AS m10
              WHERE m10.shelf_id = m9.id AND m10.book_id = m8.id
            )
            ORDER BY m9.name ASC
          ) AS m11
        ),
        ''
      )
      || ']}' AS joined_2
    FROM books AS m8
    WHERE m8.id = ?
  ) AS f1,
  (
    SELECT '{"aggregate":{"count":'
      || CAST(count(*) AS TEXT)
      || ',"avg":{"pages":'
      || coalesce(
        CASE
          WHEN (abs(avg(m12.pages)) > 1.7976931348623157e308) THEN 'null'
          WHEN (CAST(CAST(avg(m12.pages) AS TEXT) AS REAL) = avg(m12.pages)) THEN CAST(avg(m12.pages) AS TEXT)
          WHEN (avg(m12.pages) IS NOT NULL)
            THEN printf(
              CASE WHEN (abs(avg(m12.pages)) < 1e100) THEN '%!.17g' ELSE '%!.19g' END, avg(m12.pages)
            )
        END,
        'null'
      )
      || '}}}' AS joined_3
    FROM books AS m12
    WHERE (
      SELECT max(m13.verified) AS max_1
      FROM reviews AS m13
      WHERE m12.id = m13.book_id
    ) = ?
  ) AS f2

INSERT INTO reviews(stars, verified, book_id)
VALUES (?, ?, ?)
RETURNING '{"stars":' || CAST(stars AS TEXT) || '}' AS answer

SELECT true AS allowed, true AS wanted, m1.id AS k0
FROM reviews AS m1
WHERE m1.id = ?

UPDATE reviews AS m1
SET stars = ?
WHERE m1.id = ?
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT '{"id":' || CAST(m1.id AS TEXT) || ',"stars":' || CAST(m1.stars AS TEXT) || '}' AS joined_1
  FROM reviews AS m1
  WHERE m1.id = ?
) AS anon_1

UPDATE reviews AS m1
SET stars = (m1.stars + ?)
WHERE m1.stars IS NOT NULL AND (m1.id = ?)
RETURNING 1 AS passes, id AS k0

UPDATE reviews AS m1
SET text = ?
WHERE m1.id = ?
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT '{"text":' || json_quote(m1.text) || ',"stars":' || CAST(m1.stars AS TEXT) || '}' AS joined_1
  FROM reviews AS m1
  WHERE m1.id = ?
) AS anon_1

UPDATE reviews AS m1
SET text = ?
WHERE m1.id = ?
RETURNING 1 AS passes, id AS k0

SELECT '{"text":' || json_quote(m1.text) || '}' AS joined_1
FROM reviews AS m1
WHERE m1.id = ?

DELETE FROM reviews AS m1
WHERE m1.id = ?

SELECT '{"stars":' || CAST(m1.stars AS TEXT) || '}' AS joined_1
FROM reviews AS m1
WHERE m1.id IN (
  SELECT items.value
  FROM json_each(?) AS items
)

DELETE FROM reviews AS m1
WHERE m1.id IN (
  SELECT items.value
  FROM json_each(?) AS items
)
