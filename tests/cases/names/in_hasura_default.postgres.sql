SELECT (
  SELECT string_agg(
    '{"title":'
      || CAST(to_json(m3.title) AS TEXT)
      || ',"in_print":'
      || CAST(m3.in_print AS TEXT)
      || ',"added_at":'
      || CAST(to_json(m3.added_at) AS TEXT)
      || ',"author_id":'
      || coalesce(CAST(m3.author_id AS TEXT), 'null')
      || ',"author":'
      || CASE WHEN (m4.id IS NULL) THEN 'null' ELSE '{"name":'
      || CAST(to_json(m4.name) AS TEXT)
      || ',"books_aggregate":'
      || (
        SELECT '{"aggregate":{"count":'
          || CAST(count(*) AS TEXT)
          || ',"max":{"pages":'
          || coalesce(CAST(max(m5.pages) AS TEXT), 'null')
          || '}}}' AS joined_1
        FROM books AS m5
        WHERE m4.id = m5.author_id
      )
      || '}' END
      || ',"reviews":['
      || coalesce(
        (
          SELECT string_agg(
            '{"stars":' || CAST(m7.stars AS TEXT) || ',"book_id":' || CAST(m7.book_id AS TEXT) || '}', ','
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
    ORDER BY m3.order_1 DESC
  ) AS row_texts_1
  FROM (
    SELECT m1.title AS title, m1.in_print AS in_print, m1.added_at AS added_at, m1.author_id AS author_id,
      m1.id AS id, m1.pages AS order_1
    FROM books AS m1
    WHERE (m1.in_print = $1::BOOLEAN)
      AND (
        EXISTS (
          SELECT 1
          FROM authors AS m2
          WHERE m1.author_id = m2.id AND (m2.name ILIKE $2::VARCHAR)
        )
      )
    ORDER BY m1.pages DESC
    LIMIT 5
  ) AS m3
  LEFT OUTER JOIN authors AS m4 ON m3.author_id = m4.id
) AS f0,
  (
    SELECT '{"title":'
      || CAST(to_json(m8.title) AS TEXT)
      || ',"shelves":['
      || coalesce(
        (
          SELECT string_agg('{"name":' || CAST(to_json(m11.name) AS TEXT) || '}', ',') AS row_texts_3
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
    WHERE m8.id = $3::INTEGER
  ) AS f1,
  (
    SELECT '{"aggregate":{"count":'
      || CAST(count(*) AS TEXT)
      || ',"avg":{"pages":'
      || coalesce(CAST(to_json(CAST(avg(m12.pages) AS DOUBLE PRECISION)) AS TEXT), 'null')
      || '}}}' AS joined_3
    FROM books AS m12
    WHERE (
      SELECT bool_or(m13.verified) AS bool_or_1
      FROM reviews AS m13
      WHERE m12.id = m13.book_id
    ) = $4::BOOLEAN
  ) AS f2,
  (
    SELECT string_agg('{"id":' || CAST(m15.id AS TEXT) || '}', ',') AS row_texts_4
    FROM (
      SELECT m14.id AS id
      FROM books AS m14
      WHERE m14.subtitle IS NULL
      ORDER BY m14.id ASC
    ) AS m15
  ) AS f3

WITH written AS (
  INSERT INTO reviews(stars, verified, book_id)
  VALUES ($1::INTEGER, $2::BOOLEAN, $3::INTEGER)
  RETURNING reviews.id, reviews.stars, reviews.text, reviews.verified, reviews.book_id
)
SELECT (
  SELECT '{"stars":' || CAST(written.stars AS TEXT) || '}' AS joined_1
  FROM written
) AS answer

SELECT true AS allowed, true AS wanted, CAST(m1.id AS TEXT) AS k0
FROM reviews AS m1
WHERE m1.id = $1::INTEGER
FOR UPDATE OF m1

WITH written AS (
  UPDATE reviews AS m1
  SET stars = $1::INTEGER
  WHERE m1.id = CAST($2::VARCHAR AS INTEGER)
  RETURNING m1.id, m1.stars, m1.text, m1.verified, m1.book_id
)
SELECT true AS passes, CAST(written.id AS TEXT) AS k0
FROM written

SELECT (
  SELECT '{"id":' || CAST(m1.id AS TEXT) || ',"stars":' || CAST(m1.stars AS TEXT) || '}' AS joined_1
  FROM reviews AS m1
  WHERE m1.id = CAST($1::VARCHAR AS INTEGER)
) AS anon_1

WITH written AS (
  INSERT INTO authors(name)
  VALUES ($1::VARCHAR)
  RETURNING authors.id, authors.name, authors.born, authors.email
)
SELECT true AS passes, CAST(written.id AS TEXT) AS k0
FROM written

WITH written AS (
  INSERT INTO books(title, pages, price, genre, in_print, added_at, author_id)
  VALUES (
    $1::VARCHAR, $2::INTEGER, CAST($3::VARCHAR AS NUMERIC), CAST($4::VARCHAR AS VARCHAR(64)), $5::BOOLEAN,
    CAST($6::VARCHAR AS TIMESTAMP WITH TIME ZONE), CAST($7::VARCHAR AS INTEGER)
  )
  RETURNING books.id, books.title, books.subtitle, books.pages, books.price, books.rating, books.genre,
    books.in_print, books.published, books.added_at, books.tags, books.details, books.author_id
)
SELECT true AS passes, CAST(written.id AS TEXT) AS k0
FROM written

SELECT (
  SELECT '{"books":['
    || coalesce(
      (
        SELECT string_agg(
          '{"title":'
            || CAST(to_json(m2.title) AS TEXT)
            || ',"genre":'
            || CAST(to_json(m2.genre) AS TEXT)
            || ',"added_at":'
            || CAST(to_json(m2.added_at) AS TEXT)
            || '}',
          ','
        ) AS row_texts_1
        FROM books AS m2
        WHERE m1.id = m2.author_id
      ),
      ''
    )
    || ']}' AS joined_1
  FROM authors AS m1
  WHERE m1.id = CAST($1::VARCHAR AS INTEGER)
) AS anon_1

WITH written AS (
  UPDATE reviews AS m1
  SET stars = (m1.stars + $1::INTEGER)
  WHERE m1.stars IS NOT NULL AND (m1.id = $2::INTEGER)
  RETURNING m1.id, m1.stars, m1.text, m1.verified, m1.book_id
)
SELECT '{"affected_rows":'
  || CAST(
    (
      SELECT count(*) AS count_1
      FROM written
    ) AS TEXT
  )
  || '}' AS answer

WITH written AS (
  UPDATE reviews AS m1
  SET text = $1::VARCHAR
  WHERE m1.id = $2::INTEGER
  RETURNING m1.id, m1.stars, m1.text, m1.verified, m1.book_id
)
SELECT (
  SELECT '{"text":'
    || coalesce(CAST(to_json(written.text) AS TEXT), 'null')
    || ',"stars":'
    || CAST(written.stars AS TEXT)
    || '}' AS joined_1
  FROM written
) AS answer

WITH written AS (
  UPDATE reviews AS m1
  SET text = $1::VARCHAR
  WHERE m1.id = $2::INTEGER
  RETURNING m1.id, m1.stars, m1.text, m1.verified, m1.book_id
)
SELECT '{"affected_rows":'
  || CAST(
    (
      SELECT count(*) AS count_1
      FROM written
    ) AS TEXT
  )
  || '}' AS answer

WITH written AS (
  DELETE FROM reviews AS m1
  WHERE m1.id = $1::INTEGER
  RETURNING m1.id, m1.stars, m1.text, m1.verified, m1.book_id
)
SELECT (
  SELECT '{"text":' || coalesce(CAST(to_json(written.text) AS TEXT), 'null') || '}' AS joined_1
  FROM written
) AS answer

WITH written AS (
  DELETE FROM reviews AS m1
  WHERE m1.id = any($1::INTEGER[])
  RETURNING m1.id, m1.stars, m1.text, m1.verified, m1.book_id
)
SELECT '{"affected_rows":'
  || CAST(
    (
      SELECT count(*) AS count_1
      FROM written
    ) AS TEXT
  )
  || ',"returning":['
  || coalesce(
    (
      SELECT string_agg('{"stars":' || CAST(written.stars AS TEXT) || '}', ',') AS row_texts_1
      FROM written
    ),
    ''
  )
  || ']}' AS answer
