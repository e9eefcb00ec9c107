SELECT (
  SELECT string_agg(
    '{"id":'
      || CAST(m2.id AS TEXT)
      || ',"order":'
      || CAST(m2."order" AS TEXT)
      || ',"select":'
      || coalesce(CAST(to_json(m2."select") AS TEXT), 'null')
      || ',"userName":'
      || CAST(to_json(m2."UserName") AS TEXT)
      || ',"where":'
      || coalesce(CAST(to_json(m2."where") AS TEXT), 'null')
      || ',"from":'
      || coalesce(CAST(to_json(m2."from") AS TEXT), 'null')
      || ',"address2":'
      || coalesce(CAST(to_json(m2.address2) AS TEXT), 'null')
      || ',"members":['
      || coalesce(
        (
          SELECT string_agg(
            '{"key":'
              || CAST(to_json(m4.key) AS TEXT)
              || ',"value":'
              || coalesce(CAST(to_json(m4.value) AS TEXT), 'null')
              || ',"groupId":'
              || coalesce(CAST(m4."groupID" AS TEXT), 'null')
              || ',"group":'
              || CASE WHEN (m5.id IS NULL) THEN 'null' ELSE '{"order":'
              || CAST(m5."order" AS TEXT)
              || '}' END
              || '}',
            ','
            ORDER BY m4.key ASC
          ) AS row_texts_2
          FROM (
            SELECT m3.key AS key, m3.value AS value, m3."groupID" AS "groupID"
            FROM "TableRow" AS m3
            WHERE m2.id = m3."groupID"
            ORDER BY m3.key ASC
            LIMIT 5
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
          || coalesce(CAST(to_json(max(m6.key)) AS TEXT), 'null')
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
    WHERE (m1."UserName" LIKE $1::VARCHAR) AND (m1."order" > $2::INTEGER)
    ORDER BY m1."order" DESC, m1."select" ASC
  ) AS m2
) AS f0,
  (
    SELECT string_agg('{"id":' || CAST(m8.id AS TEXT) || '}', ',') AS row_texts_3
    FROM (
      SELECT DISTINCT ON (m7.id) m7.id AS id
      FROM "group" AS m7
      ORDER BY m7.id ASC
    ) AS m8
  ) AS f1,
  (
    SELECT '{"nodes":['
      || coalesce(
        array_to_string((array_agg('{"order":' || CAST(m10."order" AS TEXT) || '}'))[1 : 1], ','), ''
      )
      || '],"pageInfo":{"endCursor":'
      || coalesce(
        '"'
          || encode(
            convert_to(
              (
                array_agg(
                  '["eaba2d71",'
                    || coalesce(CAST(to_json(m10.order_1) AS TEXT), 'null')
                    || ','
                    || coalesce(CAST(m10."order" AS TEXT), 'null')
                    || ','
                    || coalesce(CAST(m10.order_3 AS TEXT), 'null')
                    || ']'
                )
              ) [least(count(*), 1)],
              'UTF8'
            ),
            'hex'
          )
          || '"',
        'null'
      )
      || '}}' AS joined_2
    FROM (
      SELECT m9."order" AS "order", m9."where" AS order_1, m9.id AS order_3
      FROM "group" AS m9
      ORDER BY m9."where" ASC, m9."order" ASC, m9.id ASC
      LIMIT 2
    ) AS m10
  ) AS f2,
  (
    SELECT string_agg('{"key":' || CAST(to_json(m13.key) AS TEXT) || '}', ',') AS row_texts_4
    FROM (
      SELECT m11.key AS key, m12."order" AS order_1, m11.id AS order_2
      FROM "TableRow" AS m11
      LEFT OUTER JOIN "group" AS m12 ON m11."groupID" = m12.id
      ORDER BY m12."order" ASC, m11.id ASC
    ) AS m13
  ) AS f3,
  (
    SELECT '{"select":' || coalesce(CAST(to_json(m14."select") AS TEXT), 'null') || '}' AS joined_3
    FROM "group" AS m14
    WHERE m14.id = $3::INTEGER
  ) AS f4

WITH written AS (
  INSERT INTO "group"("order", "select", "UserName")
  VALUES ($1::INTEGER, $2::VARCHAR, $3::VARCHAR)
  RETURNING "group".id, "group"."order", "group"."select", "group"."UserName", "group"."where",
    "group"."from", "group".address2
)
SELECT true AS passes, CAST(written.id AS TEXT) AS k0
FROM written

WITH written AS (
  INSERT INTO "TableRow"(key, "groupID")
  VALUES ($1::VARCHAR, CAST($2::VARCHAR AS INTEGER))
  RETURNING "TableRow".id, "TableRow".key, "TableRow".value, "TableRow"."groupID"
)
SELECT true AS passes, CAST(written.id AS TEXT) AS k0
FROM written

SELECT (
  SELECT '{"order":'
    || CAST(m1."order" AS TEXT)
    || ',"members":['
    || coalesce(
      (
        SELECT string_agg('{"key":' || CAST(to_json(m2.key) AS TEXT) || '}', ',') AS row_texts_1
        FROM "TableRow" AS m2
        WHERE m1.id = m2."groupID"
      ),
      ''
    )
    || ']}' AS joined_1
  FROM "group" AS m1
  WHERE m1.id = CAST($1::VARCHAR AS INTEGER)
) AS anon_1

SELECT true AS allowed, coalesce(m1."order" < $1::INTEGER, false) AS wanted, CAST(m1.id AS TEXT) AS k0
FROM "group" AS m1
WHERE m1."select" = $2::VARCHAR
FOR UPDATE OF m1

WITH written AS (
  UPDATE "group" AS m1
  SET "order" = $1::INTEGER, "UserName" = $2::VARCHAR
  WHERE m1.id = CAST($3::VARCHAR AS INTEGER)
  RETURNING m1.id, m1."order", m1."select", m1."UserName", m1."where", m1."from", m1.address2
)
SELECT true AS passes, CAST(written.id AS TEXT) AS k0
FROM written

SELECT (
  SELECT '{"id":'
    || CAST(m1.id AS TEXT)
    || ',"order":'
    || CAST(m1."order" AS TEXT)
    || ',"userName":'
    || CAST(to_json(m1."UserName") AS TEXT)
    || ',"select":'
    || coalesce(CAST(to_json(m1."select") AS TEXT), 'null')
    || '}' AS joined_1
  FROM "group" AS m1
  WHERE m1.id = CAST($1::VARCHAR AS INTEGER)
) AS anon_1

WITH written AS (
  UPDATE "group" AS m1
  SET "order" = (m1."order" + $1::INTEGER), "from" = $2::VARCHAR
  WHERE m1."from" = $3::VARCHAR
  RETURNING m1.id, m1."order", m1."select", m1."UserName", m1."where", m1."from", m1.address2
)
SELECT true AS passes, CAST(written.id AS TEXT) AS k0
FROM written

SELECT (
  SELECT '{"from":'
    || coalesce(CAST(to_json(m1."from") AS TEXT), 'null')
    || ',"order":'
    || CAST(m1."order" AS TEXT)
    || ',"members":['
    || coalesce(
      (
        SELECT string_agg('{"id":' || CAST(m3.id AS TEXT) || '}', ',') AS row_texts_1
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
  WHERE m1.id = CAST($1::VARCHAR AS INTEGER)
) AS anon_1

WITH written AS (
  DELETE FROM "TableRow" AS m1
  WHERE EXISTS (
    SELECT 1
    FROM "group" AS m2
    WHERE m1."groupID" = m2.id AND (m2."UserName" = $1::VARCHAR)
  )
  RETURNING m1.id, m1.key, m1.value, m1."groupID"
)
SELECT '{"affectedRows":'
  || CAST(
    (
      SELECT count(*) AS count_1
      FROM written
    ) AS TEXT
  )
  || '}' AS answer

WITH written AS (
  DELETE FROM "TableRow" AS m1
  WHERE m1.id = $1::INTEGER
  RETURNING m1.id, m1.key, m1.value, m1."groupID"
)
SELECT (
  SELECT '{"key":'
    || CAST(to_json(written.key) AS TEXT)
    || ',"value":'
    || coalesce(CAST(to_json(written.value) AS TEXT), 'null')
    || '}' AS joined_1
  FROM written
) AS answer
