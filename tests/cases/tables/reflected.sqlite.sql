SELECT (
  SELECT group_concat('{"name":' || json_quote(m2.name) || '}', ',') AS row_texts_1
  FROM (
    SELECT m1.name AS name, m1.id AS order_1
    FROM accounts AS m1
    ORDER BY m1.id ASC NULLS LAST
  ) AS m2
) AS f0,
  (
    SELECT group_concat(
      '{"day":'
        || json_quote(m4.day)
        || ',"amount":'
        || CAST(m4.amount AS TEXT)
        || ',"remark":'
        || json_quote(m4.remark)
        || ',"account":'
        || CASE WHEN (m5.id IS NULL) THEN 'null' ELSE '{"name":'
        || json_quote(m5.name)
        || '}' END
        || '}',
      ','
    ) AS row_texts_2
    FROM (
      SELECT m3.day AS day, m3.amount AS amount, m3.remark AS remark, m3.account_id AS account_id
      FROM entries AS m3
      ORDER BY m3.account_id ASC, m3.day ASC
    ) AS m4
    LEFT OUTER JOIN accounts AS m5 ON m4.account_id = m5.id
  ) AS f1,
  (
    SELECT group_concat('{"amount":' || CAST(m6.amount AS TEXT) || '}', ',') AS row_texts_3
    FROM entries AS m6
    WHERE EXISTS (
      SELECT 1
      FROM accounts AS m7
      WHERE m6.account_id = m7.id AND (m7.name = ?)
    )
  ) AS f2,
  (
    SELECT '{"amount":' || CAST(m8.amount AS TEXT) || '}' AS joined_1
    FROM entries AS m8
    WHERE m8.account_id = ? AND m8.day = ?
  ) AS f3

INSERT INTO accounts(id, name)
VALUES (?, ?)
RETURNING 1 AS passes, id AS k0

INSERT INTO entries(account_id, day, amount)
VALUES (?, ?, ?)
RETURNING 1 AS passes, account_id AS k0, day AS k1

SELECT (
  SELECT '{"day":'
    || json_quote(m1.day)
    || ',"account":'
    || CASE WHEN (m2.id IS NULL) THEN 'null' ELSE '{"name":'
    || json_quote(m2.name)
    || '}' END
    || '}' AS joined_1
  FROM entries AS m1
  LEFT OUTER JOIN accounts AS m2 ON m1.account_id = m2.id
  WHERE m1.account_id = ? AND m1.day = ?
) AS anon_1

SELECT true AS allowed, true AS wanted, m1.account_id AS k0, m1.day AS k1
FROM entries AS m1
WHERE m1.account_id = ? AND m1.day = ?

UPDATE entries AS m1
SET amount = ?
WHERE m1.account_id = ? AND m1.day = ?
RETURNING 1 AS passes, account_id AS k0, day AS k1

SELECT (
  SELECT '{"amount":' || CAST(m1.amount AS TEXT) || '}' AS joined_1
  FROM entries AS m1
  WHERE m1.account_id = ? AND m1.day = ?
) AS anon_1

UPDATE entries AS m1
SET amount = (m1.amount + ?)
WHERE m1.account_id = ?
RETURNING 1 AS passes, account_id AS k0, day AS k1

SELECT (
  SELECT '{"amount":' || CAST(m1.amount AS TEXT) || '}' AS joined_1
  FROM entries AS m1
  WHERE m1.account_id = ? AND m1.day = ?
) AS anon_1

SELECT '{"remark":' || json_quote(m1.remark) || '}' AS joined_1
FROM entries AS m1
WHERE m1.account_id = ? AND m1.day = ?

DELETE FROM entries AS m1
WHERE m1.account_id = ? AND m1.day = ?
