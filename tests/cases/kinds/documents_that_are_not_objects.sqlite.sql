INSERT INTO kinds(id, document)
VALUES (?, ?)
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT (
    '{"document":'
      || coalesce(
        CASE WHEN json_valid(m1.document) THEN json(m1.document) ELSE json_quote(m1.document) END, 'null'
      )
      || '}'
  ) AS joined_1
  FROM kinds AS m1
  WHERE m1.id = ?
) AS anon_1

INSERT INTO kinds(id, document)
VALUES (?, ?)
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT (
    '{"document":'
      || coalesce(
        CASE WHEN json_valid(m1.document) THEN json(m1.document) ELSE json_quote(m1.document) END, 'null'
      )
      || '}'
  ) AS joined_1
  FROM kinds AS m1
  WHERE m1.id = ?
) AS anon_1

INSERT INTO kinds(id, document)
VALUES (?, ?)
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT (
    '{"document":'
      || coalesce(
        CASE WHEN json_valid(m1.document) THEN json(m1.document) ELSE json_quote(m1.document) END, 'null'
      )
      || '}'
  ) AS joined_1
  FROM kinds AS m1
  WHERE m1.id = ?
) AS anon_1

INSERT INTO kinds(id, document)
VALUES (?, ?)
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT (
    '{"document":'
      || coalesce(
        CASE WHEN json_valid(m1.document) THEN json(m1.document) ELSE json_quote(m1.document) END, 'null'
      )
      || '}'
  ) AS joined_1
  FROM kinds AS m1
  WHERE m1.id = ?
) AS anon_1

INSERT INTO kinds(id, document)
VALUES (?, ?)
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT (
    '{"document":'
      || coalesce(
        CASE WHEN json_valid(m1.document) THEN json(m1.document) ELSE json_quote(m1.document) END, 'null'
      )
      || '}'
  ) AS joined_1
  FROM kinds AS m1
  WHERE m1.id = ?
) AS anon_1

INSERT INTO kinds(id, document)
VALUES (?, ?)
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT (
    '{"document":'
      || coalesce(
        CASE WHEN json_valid(m1.document) THEN json(m1.document) ELSE json_quote(m1.document) END, 'null'
      )
      || '}'
  ) AS joined_1
  FROM kinds AS m1
  WHERE m1.id = ?
) AS anon_1

UPDATE kinds AS m1
SET flag = ?
WHERE m1.document IS NULL
RETURNING 1 AS passes, id AS k0
