SELECT (
  SELECT string_agg(
    '{"id":'
      || CAST(m2.id AS TEXT)
      || ',"name":'
      || CAST(to_json(m2.name) AS TEXT)
      || ',"calls":['
      || coalesce(
        (
          SELECT string_agg(
            '{"minutes":'
              || CAST(m3.minutes AS TEXT)
              || ',"client":'
              || CASE WHEN (m4.id IS NULL) THEN 'null' ELSE '{"name":'
              || CAST(to_json(m4.name) AS TEXT)
              || '}' END
              || '}',
            ','
          ) AS row_texts_2
          FROM crm.calls AS m3
          LEFT OUTER JOIN crm.clients AS m4 ON m3.client_id = m4.id
            AND (
              EXISTS (
                SELECT 1
                FROM crm.calls
                WHERE m4.id = crm.calls.client_id AND crm.calls.minutes > $1::INTEGER
              )
            )
          WHERE m2.id = m3.client_id
        ),
        ''
      )
      || '],"callsAggregate":'
      || (
        SELECT '{"aggregate":{"count":' || CAST(count(*) AS TEXT) || '}}' AS joined_1
        FROM crm.calls AS m5
        WHERE m2.id = m5.client_id
      )
      || '}',
    ','
  ) AS row_texts_1
  FROM (
    SELECT m1.id AS id, m1.name AS name
    FROM crm.clients AS m1
    WHERE EXISTS (
      SELECT 1
      FROM crm.calls
      WHERE m1.id = crm.calls.client_id AND crm.calls.minutes > $2::INTEGER
    )
    ORDER BY m1.id ASC
  ) AS m2
) AS f0,
  (
    SELECT string_agg(
      '{"minutes":'
        || CAST(m8.minutes AS TEXT)
        || ',"client":'
        || CASE WHEN (m9.id IS NULL) THEN 'null' ELSE '{"name":'
        || CAST(to_json(m9.name) AS TEXT)
        || '}' END
        || '}',
      ','
      ORDER BY m8.order_1 DESC NULLS LAST
    ) AS row_texts_3
    FROM (
      SELECT m6.minutes AS minutes, m6.client_id AS client_id, m7.name AS order_1
      FROM crm.calls AS m6
      LEFT OUTER JOIN crm.clients AS m7 ON m6.client_id = m7.id
        AND (
          EXISTS (
            SELECT 1
            FROM crm.calls
            WHERE m7.id = crm.calls.client_id AND crm.calls.minutes > $3::INTEGER
          )
        )
      ORDER BY m7.name DESC NULLS LAST
    ) AS m8
    LEFT OUTER JOIN crm.clients AS m9 ON m8.client_id = m9.id
      AND (
        EXISTS (
          SELECT 1
          FROM crm.calls
          WHERE m9.id = crm.calls.client_id AND crm.calls.minutes > $4::INTEGER
        )
      )
  ) AS f1,
  (
    SELECT string_agg('{"name":' || CAST(to_json(m10.name) AS TEXT) || '}', ',') AS row_texts_4
    FROM clients AS m10
  ) AS f2

WITH written AS (
  INSERT INTO crm.calls(minutes, client_id)
  VALUES ($1::INTEGER, $2::INTEGER)
  RETURNING crm.calls.id, crm.calls.minutes, crm.calls.client_id
)
SELECT true AS passes, CAST(written.id AS TEXT) AS k0
FROM written

SELECT (
  SELECT '{"minutes":'
    || CAST(m1.minutes AS TEXT)
    || ',"client":'
    || CASE WHEN (m2.id IS NULL) THEN 'null' ELSE '{"name":'
    || CAST(to_json(m2.name) AS TEXT)
    || '}' END
    || '}' AS joined_1
  FROM crm.calls AS m1
  LEFT OUTER JOIN crm.clients AS m2 ON m1.client_id = m2.id
    AND (
      EXISTS (
        SELECT 1
        FROM crm.calls
        WHERE m2.id = crm.calls.client_id AND crm.calls.minutes > $1::INTEGER
      )
    )
  WHERE m1.id = CAST($2::VARCHAR AS INTEGER)
) AS anon_1

WITH written AS (
  UPDATE crm.clients AS m1
  SET name = $1::VARCHAR
  WHERE (
    EXISTS (
      SELECT 1
      FROM crm.calls
      WHERE m1.id = crm.calls.client_id AND crm.calls.minutes > $2::INTEGER
    )
  )
    AND (
      EXISTS (
        SELECT 1
        FROM crm.calls
        WHERE m1.id = crm.calls.client_id AND crm.calls.minutes > $2::INTEGER
      )
    )
  RETURNING m1.id, m1.name
)
SELECT '{"affectedRows":'
  || CAST(
    (
      SELECT count(*) AS count_1
      FROM written
    ) AS TEXT
  )
  || '}' AS answer,
  (
    SELECT CASE
      WHEN (count(*) > 0) THEN CASE
      WHEN bool_and(
        coalesce(
          EXISTS (
            SELECT 1
            FROM crm.calls
            WHERE written.id = crm.calls.client_id AND crm.calls.minutes > $3::INTEGER
          ),
          false
        )
      )
        THEN 0
      ELSE CAST('portico: refused by rule ' || CAST(count(*) AS TEXT) AS INTEGER)
    END
    END AS anon_1
    FROM written
  ) AS checked

WITH written AS (
  UPDATE crm.clients AS m1
  SET name = $2::VARCHAR
  WHERE m1.id = $3::INTEGER
    AND (
      EXISTS (
        SELECT 1
        FROM crm.calls
        WHERE m1.id = crm.calls.client_id AND crm.calls.minutes > $4::INTEGER
      )
    )
    AND (
      EXISTS (
        SELECT 1
        FROM crm.calls
        WHERE m1.id = crm.calls.client_id AND crm.calls.minutes > $4::INTEGER
      )
    )
  RETURNING m1.id, m1.name
)
SELECT coalesce(
  EXISTS (
    SELECT 1
    FROM crm.calls
    WHERE written.id = crm.calls.client_id AND crm.calls.minutes > $1::INTEGER
  ),
  false
) AS passes,
  CAST(written.id AS TEXT) AS k0
FROM written

SELECT (
  SELECT '{"name":'
    || CAST(to_json(m1.name) AS TEXT)
    || ',"calls":['
    || coalesce(
      (
        SELECT string_agg('{"minutes":' || CAST(m2.minutes AS TEXT) || '}', ',') AS row_texts_1
        FROM crm.calls AS m2
        WHERE m1.id = m2.client_id
      ),
      ''
    )
    || ']}' AS joined_1
  FROM crm.clients AS m1
  WHERE m1.id = CAST($1::VARCHAR AS INTEGER)
    AND (
      EXISTS (
        SELECT 1
        FROM crm.calls
        WHERE m1.id = crm.calls.client_id AND crm.calls.minutes > $2::INTEGER
      )
    )
) AS anon_1

WITH written AS (
  DELETE FROM crm.calls AS m1
  WHERE EXISTS (
    SELECT 1
    FROM crm.clients AS m2
    WHERE m1.client_id = m2.id
      AND (
        EXISTS (
          SELECT 1
          FROM crm.calls
          WHERE m2.id = crm.calls.client_id AND crm.calls.minutes > $1::INTEGER
        )
      )
      AND (m2.name = $2::VARCHAR)
  )
  RETURNING m1.id, m1.minutes, m1.client_id
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
      SELECT string_agg(
        '{"minutes":'
          || CAST(written.minutes AS TEXT)
          || ',"client":'
          || CASE WHEN (m1.id IS NULL) THEN 'null' ELSE '{"name":'
          || CAST(to_json(m1.name) AS TEXT)
          || '}' END
          || '}',
        ','
      ) AS row_texts_1
      FROM written
      LEFT OUTER JOIN crm.clients AS m1 ON written.client_id = m1.id
        AND (
          EXISTS (
            SELECT 1
            FROM crm.calls
            WHERE m1.id = crm.calls.client_id AND crm.calls.minutes > $3::INTEGER
          )
        )
    ),
    ''
  )
  || ']}' AS answer
