SELECT (
  SELECT group_concat(
    '{"id":'
      || CAST(m2.id AS TEXT)
      || ',"order":'
      || CAST(m2."order" AS TEXT)
      || ',"select":'
      || json_quote(m2."select")
      || ',"userName":'
      || json_quote(m2."UserName")
      || ',"where":'
      || json_quote(m2."where")
      || ',"from":'
      || json_quote(m2."from")
      || ',"address2":'
      || json_quote(m2.address2)
      || ',"members":['
      || coalesce(
        (
          SELECT group_concat(
            '{"key":'
              || json_quote(m4."key")
              || ',"value":'
              || json_quote(m4.value)
              || ',"groupId":'
              || coalesce(CAST(m4."groupID" AS TEXT), 'null')
              || ',"group":'
              || CASE WHEN (m5.id IS NULL) THEN 'null' ELSE '{"order":'
              || CAST(m5."order" AS TEXT)
              || '}' END
              || '}',
            ','
          ) AS row_texts_2
          FROM (
            SELECT m3."key" AS "key", m3.value AS value, m3."groupID" AS "groupID"
            FROM "TableRow" AS m3
            WHERE m2.id = m3."groupID"
            ORDER BY m3."key" ASC
            LIMIT 5
            OFFSET ?
          ) AS m4
          LEFT OUTER JOIN "group" AS m5 ON m4."groupID" = m5.id
        ),
        ''
      )
      || '],"membersAggregate":'
      || (
        SELECT '{"aggregate":{"count":'
          || CAST(count(*) AS TEXT)
          || ',"max":{"key":'
          || json_quote(max(m6."key"))
          || '}}}' AS joined_1
        FROM "TableRow" AS m6
        WHERE m2.id = m6."groupID"
      )
      || '}',
    ','
  ) AS row_texts_1
  FROM (
    SELECT m1.id AS id, m1."order" AS "order", m1."select" AS "select", m1."UserName" AS "UserName",
      m1."where" AS "where", m1."from" AS "from", m1.address2 AS address2
    FROM "group" AS m1
    WHERE (m1."UserName" GLOB ?) AND (m1."order" > ?)
    ORDER BY m1."order" DESC, m1."select" ASC NULLS LAST
  ) AS m2
) AS f0,
  (
    SELECT group_concat('{"id":' || CAST(m8.id AS TEXT) || '}', ',') AS row_texts_3
    FROM (
      SELECT numbered.id AS id
      FROM (
        SELECT m7.id AS id, row_number() OVER (PARTITION BY m7.id ORDER BY m7.id ASC) AS place
        FROM "group" AS m7
      ) AS numbered
      WHERE numbered.place = 1
      ORDER BY numbered.id ASC
    ) AS m8
  ) AS f1,
  (
    SELECT '{"nodes":['
      || coalesce(
        group_concat('{"order":' || CAST(m11."order" AS TEXT) || '}', ',') FILTER(WHERE m11.place <= 1), ''
      )
      || '],"pageInfo":{"endCursor":'
      || coalesce(
        max(
          CASE
            WHEN (m11.place = CASE WHEN (m11.found > 1) THEN 1 ELSE m11.found END AND m11.place <= 1) THEN '"'
            || lower(
              hex(
                '["eaba2d71",'
                  || json_quote(m11.order_1)
                  || ','
                  || coalesce(CAST(m11."order" AS TEXT), 'null')
                  || ','
                  || coalesce(CAST(m11.order_3 AS TEXT), 'null')
                  || ']'
              )
            )
            || '"' END
        ),
        'null'
      )
      || '}}' AS joined_2
    FROM (
      SELECT m10."order" AS "order", m10.order_1 AS order_1, m10.order_3 AS order_3,
        row_number() OVER (ORDER BY m10.order_1 ASC NULLS LAST, m10."order" ASC, m10.order_3 ASC) AS place,
        count(*) OVER () AS found
      FROM (
        SELECT m9."order" AS "order", m9."where" AS order_1, m9.id AS order_3
        FROM "group" AS m9
        ORDER BY m9."where" ASC NULLS LAST, m9."order" ASC, m9.id ASC
        LIMIT 2
        OFFSET ?
      ) AS m10
      ORDER BY place
    ) AS m11
  ) AS f2,
  (
    SELECT group_concat('{"key":' || json_quote(m14."key") || '}', ',') AS row_texts_4
    FROM (
      SELECT m12."key" AS "key", m13."order" AS order_1, m12.id AS order_2
      FROM "TableRow" AS m12
      LEFT OUTER JOIN "group" AS m13 ON m12."groupID" = m13.id
      ORDER BY m13."order" ASC NULLS LAST, m12.id ASC
    ) AS m14
  ) AS f3,
  (
    SELECT '{"select":' || json_quote(m15."select") || '}' AS joined_3
    FROM "group" AS m15
    WHERE m15.id = ?
  ) AS f4

INSERT INTO "group"("order", "select", "UserName")
VALUES (?, ?, ?)
RETURNING 1 AS passes, id AS k0

INSERT INTO "TableRow"("key", "groupID")
VALUES (?, ?)
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT '{"order":'
    || CAST(m1."order" AS TEXT)
    || ',"members":['
    || coalesce(
      (
        SELECT group_concat('{"key":' || json_quote(m2."key") || '}', ',') AS row_texts_1
        FROM "TableRow" AS m2
        WHERE m1.id = m2."groupID"
      ),
      ''
    )
    || ']}' AS joined_1
  FROM "group" AS m1
  WHERE m1.id = ?
) AS anon_1

SELECT true AS allowed, coalesce(m1."order" < ?, false) AS wanted, m1.id AS k0
FROM "group" AS m1
WHERE m1."select" = ?

UPDATE "group" AS m1
SET "order" = ?, "UserName" = ?
WHERE m1.id = ?
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT '{"id":'
    || CAST(m1.id AS TEXT)
    || ',"order":'
    || CAST(m1."order" AS TEXT)
    || ',"userName":'
    || json_quote(m1."UserName")
    || ',"select":'
    || json_quote(m1."select")
    || '}' AS joined_1
  FROM "group" AS m1
  WHERE m1.id = ?
) AS anon_1

UPDATE "group" AS m1
SET "order" = (m1."order" + ?), "from" = ?
WHERE m1."from" = ?
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT '{"from":'
    || json_quote(m1."from")
    || ',"order":'
    || CAST(m1."order" AS TEXT)
    || ',"members":['
    || coalesce(
      (
        SELECT group_concat('{"id":' || CAST(m3.id AS TEXT) || '}', ',') AS row_texts_1
        FROM (
          SELECT m2.id AS id
          FROM "TableRow" AS m2
          WHERE m1.id = m2."groupID"
          ORDER BY m2.id ASC
        ) AS m3
      ),
      ''
    )
    || ']}' AS joined_1
  FROM "group" AS m1
  WHERE m1.id = ?
) AS anon_1

DELETE FROM "TableRow" AS m1
WHERE (m1.id) IN (
  SELECT chosen.id
  FROM "TableRow" AS chosen
  WHERE EXISTS (
    SELECT 1
    FROM "group" AS m2
    WHERE chosen."groupID" = m2.id AND (m2."UserName" = ?)
  )
)

SELECT '{"key":' || json_quote(m1."key") || ',"value":' || json_quote(m1.value) || '}' AS joined_1
FROM "TableRow" AS m1
WHERE m1.id = ?

DELETE FROM "TableRow" AS m1
WHERE m1.id = ?
