SELECT (
  SELECT string_agg('{"name":' || CAST(to_json(m2.name) AS TEXT) || '}', ',') AS row_texts_1
  FROM (
    SELECT m1.name AS name, m1.id AS order_1
    FROM accounts AS m1
    ORDER BY m1.id ASC
  ) AS m2
) AS f0,
  (
    SELECT string_agg(
      '{"day":'
        || CAST(to_json(m4.day) AS TEXT)
        || ',"amount":'
        || CAST(m4.amount AS TEXT)
        || ',"remark":'
        || coalesce(CAST(to_json(m4.remark) AS TEXT), 'null')
        || ',"account":'
        || CASE WHEN (m5.id IS NULL) THEN 'null' ELSE '{"name":'
        || CAST(to_json(m5.name) AS TEXT)
        || '}' END
        || '}',
      ','
      ORDER BY m4.account_id ASC, m4.day ASC
    ) AS row_texts_2
    FROM (
      SELECT m3.day AS day, m3.amount AS amount, m3.remark AS remark, m3.account_id AS account_id
      FROM entries AS m3
      ORDER BY m3.account_id ASC, m3.day ASC
    ) AS m4
    LEFT OUTER JOIN accounts AS m5 ON m4.account_id = m5.id
  ) AS f1,
  (
    SELECT string_agg('{"amount":' || CAST(m6.amount AS TEXT) || '}', ',') AS row_texts_3
    FROM entries AS m6
    WHERE EXISTS (
      SELECT 1
      FROM accounts AS m7
      WHERE m6.account_id = m7.id AND (m7.name = $1::VARCHAR)
    )
  ) AS f2,
  (
    SELECT '{"amount":' || CAST(m8.amount AS TEXT) || '}' AS joined_1
    FROM entries AS m8
    WHERE m8.account_id = $2::INTEGER AND m8.day = CAST($3::VARCHAR AS DATE)
  ) AS f3

WITH written AS (
  INSERT INTO accounts(id, name)
  VALUES ($1::INTEGER, $2::VARCHAR)
  RETURNING accounts.id, accounts.name
)
SELECT true AS passes, CAST(written.id AS TEXT) AS k0
FROM written

WITH written AS (
  INSERT INTO entries(account_id, day, amount)
  VALUES (CAST($1::VARCHAR AS INTEGER), CAST($2::VARCHAR AS DATE), $3::INTEGER)
  RETURNING entries.account_id, entries.day, entries.amount, entries.remark
)
SELECT true AS passes, CAST(written.account_id AS TEXT) AS k0, CAST(written.day AS TEXT) AS k1
FROM written

SELECT (
  SELECT '{"day":'
    || CAST(to_json(m1.day) AS TEXT)
    || ',"account":'
    || CASE WHEN (m2.id IS NULL) THEN 'null' ELSE '{"name":'
    || CAST(to_json(m2.name) AS TEXT)
    || '}' END
    || '}' AS joined_1
  FROM entries AS m1
  LEFT OUTER JOIN accounts AS m2 ON m1.account_id = m2.id
  WHERE m1.account_id = CAST($1::VARCHAR AS INTEGER) AND m1.day = CAST($2::VARCHAR AS DATE)
) AS anon_1

SELECT true AS allowed, true AS wanted, CAST(m1.account_id AS TEXT) AS k0, CAST(m1.day AS TEXT) AS k1
FROM entries AS m1
WHERE m1.account_id = $1::INTEGER AND m1.day = CAST($2::VARCHAR AS DATE)
FOR UPDATE OF m1

WITH written AS (
  UPDATE entries AS m1
  SET amount = $1::INTEGER
  WHERE m1.account_id = CAST($2::VARCHAR AS INTEGER) AND m1.day = CAST($3::VARCHAR AS DATE)
  RETURNING m1.account_id, m1.day, m1.amount, m1.remark
)
SELECT true AS passes, CAST(written.account_id AS TEXT) AS k0, CAST(written.day AS TEXT) AS k1
FROM written

SELECT (
  SELECT '{"amount":' || CAST(m1.amount AS TEXT) || '}' AS joined_1
  FROM entries AS m1
  WHERE m1.account_id = CAST($1::VARCHAR AS INTEGER) AND m1.day = CAST($2::VARCHAR AS DATE)
) AS anon_1

WITH written AS (
  UPDATE entries AS m1
  SET amount = (m1.amount + $1::INTEGER)
  WHERE m1.account_id = $2::INTEGER
  RETURNING m1.account_id, m1.day, m1.amount, m1.remark
)
SELECT '{"affectedRows":'
  || CAST(
    (
      SELECT count(*) AS count_1
      FROM written
    ) AS TEXT
  )
  || ',"returning":['
  || coalesce(
    (
      SELECT string_agg('{"amount":' || CAST(written.amount AS TEXT) || '}', ',') AS row_texts_1
      FROM written
    ),
    ''
  )
  || ']}' AS answer

WITH written AS (
  DELETE FROM entries AS m1
  WHERE m1.account_id = $1::INTEGER AND m1.day = CAST($2::VARCHAR AS DATE)
  RETURNING m1.account_id, m1.day, m1.amount, m1.remark
)
SELECT (
  SELECT '{"remark":' || coalesce(CAST(to_json(written.remark) AS TEXT), 'null') || '}' AS joined_1
  FROM written
) AS answer
