SELECT (
  SELECT '{"row":'
    || CAST(to_json(m1.row) AS TEXT)
    || ',"number":'
    || CAST(m1.number AS TEXT)
    || ',"tickets":['
    || coalesce(
      (
        SELECT string_agg(
          '{"guest":'
            || CAST(to_json(m3.guest) AS TEXT)
            || ',"seat":'
            || CASE WHEN (m4.row IS NULL) THEN 'null' ELSE '{"price":'
            || CAST(m4.price AS TEXT)
            || '}' END
            || '}',
          ','
          ORDER BY m3.order_1 ASC
        ) AS row_texts_1
        FROM (
          SELECT m2.guest AS guest, m2.seat_row AS seat_row, m2.seat_number AS seat_number, m2.id AS order_1
          FROM tickets AS m2
          WHERE m1.row = m2.seat_row AND m1.number = m2.seat_number
          ORDER BY m2.id ASC
        ) AS m3
        LEFT OUTER JOIN seats AS m4 ON m3.seat_row = m4.row AND m3.seat_number = m4.number
      ),
      ''
    )
    || ']}' AS joined_1
  FROM seats AS m1
  WHERE m1.row = $1::VARCHAR AND m1.number = $2::INTEGER
) AS f0,
  (
    SELECT '{"row":' || CAST(to_json(m5.row) AS TEXT) || '}' AS joined_2
    FROM seats AS m5
    WHERE m5.row = $3::VARCHAR AND m5.number = $4::INTEGER
  ) AS f1,
  (
    SELECT string_agg(
      '{"row":'
        || CAST(to_json(m7.row) AS TEXT)
        || ',"number":'
        || CAST(m7.number AS TEXT)
        || ',"ticketsAggregate":'
        || (
          SELECT '{"aggregate":{"count":' || CAST(count(*) AS TEXT) || '}}' AS joined_3
          FROM tickets AS m8
          WHERE m7.row = m8.seat_row AND m7.number = m8.seat_number
        )
        || '}',
      ','
    ) AS row_texts_2
    FROM (
      SELECT m6.row AS row, m6.number AS number
      FROM seats AS m6
      ORDER BY m6.row DESC, m6.number ASC
    ) AS m7
  ) AS f2,
  (
    SELECT '{"edges":['
      || coalesce(
        array_to_string(
          (
            array_agg(
              '{"cursor":"'
                || encode(
                  convert_to(
                    '["9ec3f800",'
                      || coalesce(CAST(to_json(m10.row) AS TEXT), 'null')
                      || ','
                      || coalesce(CAST(m10.number AS TEXT), 'null')
                      || ']',
                    'UTF8'
                  ),
                  'hex'
                )
                || '","node":{"row":'
                || CAST(to_json(m10.row) AS TEXT)
                || ',"number":'
                || CAST(m10.number AS TEXT)
                || '}}'
            )
          ) [1 : 2],
          ','
        ),
        ''
      )
      || '],"pageInfo":{"endCursor":'
      || coalesce(
        '"'
          || encode(
            convert_to(
              (
                array_agg(
                  '["9ec3f800",'
                    || coalesce(CAST(to_json(m10.row) AS TEXT), 'null')
                    || ','
                    || coalesce(CAST(m10.number AS TEXT), 'null')
                    || ']'
                )
              ) [least(count(*), 2)],
              'UTF8'
            ),
            'hex'
          )
          || '"',
        'null'
      )
      || ',"hasNextPage":'
      || CASE WHEN (count(*) > 2) THEN 'true' ELSE 'false' END
      || '}}' AS joined_4
    FROM (
      SELECT m9.row AS row, m9.number AS number
      FROM seats AS m9
      ORDER BY m9.row ASC, m9.number ASC
      LIMIT 3
    ) AS m10
  ) AS f3,
  (
    SELECT string_agg('{"guest":' || CAST(to_json(m14.guest) AS TEXT) || '}', ',') AS row_texts_3
    FROM (
      SELECT m11.guest AS guest, m12.price AS order_1, m11.id AS order_2
      FROM tickets AS m11
      LEFT OUTER JOIN seats AS m12 ON m11.seat_row = m12.row AND m11.seat_number = m12.number
      WHERE NOT (
        EXISTS (
          SELECT 1
          FROM seats AS m13
          WHERE m11.seat_row = m13.row AND m11.seat_number = m13.number AND (m13.row = $5::VARCHAR)
        )
      )
      ORDER BY m12.price DESC NULLS LAST, m11.id ASC
    ) AS m14
  ) AS f4

WITH written AS (
  INSERT INTO seats(row, number, price)
  VALUES ($1::VARCHAR, $2::INTEGER, $3::INTEGER)
  RETURNING seats.row, seats.number, seats.price
)
SELECT true AS passes, CAST(written.row AS TEXT) AS k0, CAST(written.number AS TEXT) AS k1
FROM written

WITH written AS (
  INSERT INTO tickets(guest, seat_row, seat_number)
  VALUES ($1::VARCHAR, CAST($2::VARCHAR AS TEXT), CAST($3::VARCHAR AS INTEGER))
  RETURNING tickets.id, tickets.guest, tickets.seat_row, tickets.seat_number
)
SELECT true AS passes, CAST(written.id AS TEXT) AS k0
FROM written

SELECT (
  SELECT '{"row":'
    || CAST(to_json(m1.row) AS TEXT)
    || ',"tickets":['
    || coalesce(
      (
        SELECT string_agg(
          '{"guest":'
            || CAST(to_json(m2.guest) AS TEXT)
            || ',"seatRow":'
            || coalesce(CAST(to_json(m2.seat_row) AS TEXT), 'null')
            || ',"seatNumber":'
            || coalesce(CAST(m2.seat_number AS TEXT), 'null')
            || '}',
          ','
        ) AS row_texts_1
        FROM tickets AS m2
        WHERE m1.row = m2.seat_row AND m1.number = m2.seat_number
      ),
      ''
    )
    || ']}' AS joined_1
  FROM seats AS m1
  WHERE m1.row = CAST($1::VARCHAR AS TEXT) AND m1.number = CAST($2::VARCHAR AS INTEGER)
) AS anon_1

SELECT true AS allowed, true AS wanted, CAST(m1.row AS TEXT) AS k0, CAST(m1.number AS TEXT) AS k1
FROM seats AS m1
WHERE m1.row = $1::VARCHAR AND m1.number = $2::INTEGER
FOR UPDATE OF m1

WITH written AS (
  UPDATE seats AS m1
  SET price = $1::INTEGER
  WHERE m1.row = CAST($2::VARCHAR AS TEXT) AND m1.number = CAST($3::VARCHAR AS INTEGER)
  RETURNING m1.row, m1.number, m1.price
)
SELECT true AS passes, CAST(written.row AS TEXT) AS k0, CAST(written.number AS TEXT) AS k1
FROM written

SELECT (
  SELECT '{"price":' || CAST(m1.price AS TEXT) || '}' AS joined_1
  FROM seats AS m1
  WHERE m1.row = CAST($1::VARCHAR AS TEXT) AND m1.number = CAST($2::VARCHAR AS INTEGER)
) AS anon_1

WITH written AS (
  UPDATE seats AS m1
  SET number = $1::INTEGER, price = (m1.price + $2::INTEGER)
  WHERE m1.row = $3::VARCHAR AND m1.number = $4::INTEGER
  RETURNING m1.row, m1.number, m1.price
)
SELECT (
  SELECT '{"row":'
    || CAST(to_json(written.row) AS TEXT)
    || ',"number":'
    || CAST(written.number AS TEXT)
    || ',"price":'
    || CAST(written.price AS TEXT)
    || '}' AS joined_1
  FROM written
) AS answer

WITH written AS (
  DELETE FROM seats AS m1
  WHERE m1.row = $1::VARCHAR AND m1.number = $2::INTEGER
  RETURNING m1.row, m1.number, m1.price
)
SELECT (
  SELECT '{"price":' || CAST(written.price AS TEXT) || '}' AS joined_1
  FROM written
) AS answer

WITH written AS (
  INSERT INTO seats(row, number, price)
  VALUES ($1::VARCHAR, $2::INTEGER, $3::INTEGER)
  RETURNING seats.row, seats.number, seats.price
)
SELECT true AS passes, CAST(written.row AS TEXT) AS k0, CAST(written.number AS TEXT) AS k1
FROM written

WITH written AS (
  INSERT INTO tickets(guest, seat_row, seat_number)
  VALUES ($1::VARCHAR, CAST($2::VARCHAR AS TEXT), CAST($3::VARCHAR AS INTEGER))
  RETURNING tickets.id, tickets.guest, tickets.seat_row, tickets.seat_number
)
SELECT true AS passes, CAST(written.id AS TEXT) AS k0
FROM written

SELECT (
  SELECT '{"guest":'
    || CAST(to_json(m1.guest) AS TEXT)
    || ',"seatRow":'
    || coalesce(CAST(to_json(m1.seat_row) AS TEXT), 'null')
    || ',"seatNumber":'
    || coalesce(CAST(m1.seat_number AS TEXT), 'null')
    || ',"seat":'
    || CASE WHEN (m2.row IS NULL) THEN 'null' ELSE '{"price":'
    || CAST(m2.price AS TEXT)
    || '}' END
    || '}' AS joined_1
  FROM tickets AS m1
  LEFT OUTER JOIN seats AS m2 ON m1.seat_row = m2.row AND m1.seat_number = m2.number
  WHERE m1.id = CAST($1::VARCHAR AS INTEGER)
) AS anon_1
