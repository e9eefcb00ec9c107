SELECT (
  SELECT '{"row":'
    || json_quote(m1."row")
    || ',"number":'
    || CAST(m1.number AS TEXT)
    || ',"tickets":['
    || coalesce(
      (
        SELECT group_concat(
          '{"guest":'
            || json_quote(m3.guest)
            || ',"seat":'
            || CASE WHEN (m4."row" IS NULL) THEN 'null' ELSE '{"price":'
            || CAST(m4.price AS TEXT)
            || '}' END
            || '}',
          ','
        ) AS row_texts_1
        FROM (
          SELECT m2.guest AS guest, m2.seat_row AS seat_row, m2.seat_number AS seat_number, m2.id AS order_1
          FROM tickets AS m2
          WHERE m1."row" = m2.seat_row AND m1.number = m2.seat_number
          ORDER BY m2.id ASC
        ) AS m3
        LEFT OUTER JOIN seats AS m4 ON m3.seat_row = m4."row" AND m3.seat_number = m4.number
      ),
      ''
    )
    || ']}' AS joined_1
  FROM seats AS m1
  WHERE m1."row" = ? AND m1.number = ?
) AS f0,
  (
    SELECT '{"row":' || json_quote(m5."row") || '}' AS joined_2
    FROM seats AS m5
    WHERE m5."row" = ? AND m5.number = ?
  ) AS f1,
  (
    SELECT group_concat(
      '{"row":'
        || json_quote(m7."row")
        || ',"number":'
        || CAST(m7.number AS TEXT)
        || ',"ticketsAggregate":'
        || (
          SELECT '{"aggregate":{"count":' || CAST(count(*) AS TEXT) || '}}' AS joined_3
          FROM tickets AS m8
          WHERE m7."row" = m8.seat_row AND m7.number = m8.seat_number
        )
        || '}',
      ','
    ) AS row_texts_2
    FROM (
      SELECT m6."row" AS "row", m6.number AS number
      FROM seats AS m6
      ORDER BY m6."row" DESC, m6.number ASC
    ) AS m7
  ) AS f2,
  (
    SELECT '{"edges":['
      || coalesce(
        group_concat(
          '{"cursor":"'
            || lower(
              hex(
                '["9ec3f800",'
                  || json_quote(m11."row")
                  || ','
                  || coalesce(CAST(m11.number AS TEXT), 'null')
                  || ']'
              )
            )
            || '","node":{"row":'
            || json_quote(m11."row")
            || ',"number":'
            || CAST(m11.number AS TEXT)
            || '}}',
          ','
        ) FILTER(WHERE m11.place <= 2),
        ''
      )
      || '],"pageInfo":{"endCursor":'
      || coalesce(
        max(
          CASE
            WHEN (m11.place = CASE WHEN (m11.found > 2) THEN 2 ELSE m11.found END AND m11.place <= 2) THEN '"'
            || lower(
              hex(
                '["9ec3f800",'
                  || json_quote(m11."row")
                  || ','
                  || coalesce(CAST(m11.number AS TEXT), 'null')
                  || ']'
              )
            )
            || '"' END
        ),
        'null'
      )
      || ',"hasNextPage":'
      || CASE WHEN (max(m11.found) > 2) THEN 'true' ELSE 'false' END
      || '}}' AS joined_4
    FROM (
      SELECT m10."row" AS "row", m10.number AS number,
        row_number() OVER (ORDER BY m10."row" ASC, m10.number ASC) AS place, count(*) OVER () AS found
      FROM (
        SELECT m9."row" AS "row", m9.number AS number
        FROM seats AS m9
        ORDER BY m9."row" ASC, m9.number ASC
        LIMIT 3
        OFFSET ?
      ) AS m10
      ORDER BY place
    ) AS m11
  ) AS f3,
  (
    SELECT group_concat('{"guest":' || json_quote(m15.guest) || '}', ',') AS row_texts_3
    FROM (
      SELECT m12.guest AS guest, m13.price AS order_1, m12.id AS order_2
      FROM tickets AS m12
      LEFT OUTER JOIN seats AS m13 ON m12.seat_row = m13."row" AND m12.seat_number = m13.number
      WHERE NOT (
        EXISTS (
          SELECT 1
          FROM seats AS m14
          WHERE m12.seat_row = m14."row" AND m12.seat_number = m14.number AND (m14."row" = ?)
        )
      )
      ORDER BY m13.price DESC, m12.id ASC
    ) AS m15
  ) AS f4

INSERT INTO seats("row", number, price)
VALUES (?, ?, ?)
RETURNING 1 AS passes, "row" AS k0, number AS k1

INSERT INTO tickets(guest, seat_row, seat_number)
VALUES (?, ?, ?)
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT '{"row":'
    || json_quote(m1."row")
    || ',"tickets":['
    || coalesce(
      (
        SELECT group_concat(
          '{"guest":'
            || json_quote(m2.guest)
            || ',"seatRow":'
            || json_quote(m2.seat_row)
            || ',"seatNumber":'
            || coalesce(CAST(m2.seat_number AS TEXT), 'null')
            || '}',
          ','
        ) AS row_texts_1
        FROM tickets AS m2
        WHERE m1."row" = m2.seat_row AND m1.number = m2.seat_number
      ),
      ''
    )
    || ']}' AS joined_1
  FROM seats AS m1
  WHERE m1."row" = ? AND m1.number = ?
) AS anon_1

SELECT true AS allowed, true AS wanted, m1."row" AS k0, m1.number AS k1
FROM seats AS m1
WHERE m1."row" = ? AND m1.number = ?

UPDATE seats AS m1
SET price = ?
WHERE m1."row" = ? AND m1.number = ?
RETURNING 1 AS passes, "row" AS k0, number AS k1

SELECT (
  SELECT '{"price":' || CAST(m1.price AS TEXT) || '}' AS joined_1
  FROM seats AS m1
  WHERE m1."row" = ? AND m1.number = ?
) AS anon_1

UPDATE seats AS m1
SET number = ?, price = (m1.price + ?)
WHERE m1."row" = ? AND m1.number = ?
RETURNING 1 AS passes, "row" AS k0, number AS k1

SELECT (
  SELECT '{"row":'
    || json_quote(m1."row")
    || ',"number":'
    || CAST(m1.number AS TEXT)
    || ',"price":'
    || CAST(m1.price AS TEXT)
    || '}' AS joined_1
  FROM seats AS m1
  WHERE m1."row" = ? AND m1.number = ?
) AS anon_1

SELECT '{"price":' || CAST(m1.price AS TEXT) || '}' AS joined_1
FROM seats AS m1
WHERE m1."row" = ? AND m1.number = ?

DELETE FROM seats AS m1
WHERE m1."row" = ? AND m1.number = ?

INSERT INTO seats("row", number, price)
VALUES (?, ?, ?)
RETURNING 1 AS passes, "row" AS k0, number AS k1

INSERT INTO tickets(guest, seat_row, seat_number)
VALUES (?, ?, ?)
RETURNING 1 AS passes, id AS k0

SELECT (
  SELECT '{"guest":'
    || json_quote(m1.guest)
    || ',"seatRow":'
    || json_quote(m1.seat_row)
    || ',"seatNumber":'
    || coalesce(CAST(m1.seat_number AS TEXT), 'null')
    || ',"seat":'
    || CASE WHEN (m2."row" IS NULL) THEN 'null' ELSE '{"price":'
    || CAST(m2.price AS TEXT)
    || '}' END
    || '}' AS joined_1
  FROM tickets AS m1
  LEFT OUTER JOIN seats AS m2 ON m1.seat_row = m2."row" AND m1.seat_number = m2.number
  WHERE m1.id = ?
) AS anon_1
