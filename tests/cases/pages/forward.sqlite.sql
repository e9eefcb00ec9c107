SELECT (
  SELECT '{"edges":['
    || coalesce(
      group_concat(
        '{"cursor":"'
          || lower(hex('["1a2aff21",' || coalesce(CAST(m3.id AS TEXT), 'null') || ']'))
          || '","node":{"id":'
          || CAST(m3.id AS TEXT)
          || '}}',
        ','
      ) FILTER(WHERE m3.place <= 2),
      ''
    )
    || '],"pageInfo":{"hasNextPage":'
    || CASE WHEN (max(m3.found) > 2) THEN 'true' ELSE 'false' END
    || ',"hasPreviousPage":false,"startCursor":'
    || coalesce(
      max(
        CASE WHEN (m3.place = 1 AND m3.place <= 2) THEN '"'
          || lower(hex('["1a2aff21",' || coalesce(CAST(m3.id AS TEXT), 'null') || ']'))
          || '"' END
      ),
      'null'
    )
    || ',"endCursor":'
    || coalesce(
      max(
        CASE WHEN (m3.place = CASE WHEN (m3.found > 2) THEN 2 ELSE m3.found END AND m3.place <= 2) THEN '"'
          || lower(hex('["1a2aff21",' || coalesce(CAST(m3.id AS TEXT), 'null') || ']'))
          || '"' END
      ),
      'null'
    )
    || '}}' AS joined_1
  FROM (
    SELECT m2.id AS id, row_number() OVER (ORDER BY m2.id ASC) AS place, count(*) OVER () AS found
    FROM (
      SELECT m1.id AS id
      FROM books AS m1
      ORDER BY m1.id ASC
      LIMIT 3
      OFFSET ?
    ) AS m2
    ORDER BY place
  ) AS m3
) AS f0,
  (
    SELECT '{"edges":['
      || coalesce(group_concat('{"node":{"id":' || CAST(m6.id AS TEXT) || '}}', ','), '')
      || '],"pageInfo":'
      || '{"hasNextPage":false,"hasPreviousPage":false}'
      || '}' AS joined_2
    FROM (
      SELECT m5.id AS id, row_number() OVER (ORDER BY m5.id ASC) AS place, count(*) OVER () AS found
      FROM (
        SELECT m4.id AS id
        FROM books AS m4
        ORDER BY m4.id ASC
      ) AS m5
      ORDER BY place
    ) AS m6
  ) AS f1,
  (
    SELECT '{"edges":['
      || coalesce(
        group_concat(
          '{"cursor":"'
            || lower(hex('["1a2aff21",' || coalesce(CAST(m9.id AS TEXT), 'null') || ']'))
            || '","node":{"id":'
            || CAST(m9.id AS TEXT)
            || '}}',
          ','
        ) FILTER(WHERE m9.place <= 0),
        ''
      )
      || '],"pageInfo":{"hasNextPage":'
      || CASE WHEN (max(m9.found) > 0) THEN 'true' ELSE 'false' END
      || ',"hasPreviousPage":false,"startCursor":'
      || coalesce(
        max(
          CASE WHEN (m9.place = 1 AND m9.place <= 0) THEN '"'
            || lower(hex('["1a2aff21",' || coalesce(CAST(m9.id AS TEXT), 'null') || ']'))
            || '"' END
        ),
        'null'
      )
      || ',"endCursor":'
      || coalesce(
        max(
          CASE WHEN (m9.place = CASE WHEN (m9.found > 0) THEN 0 ELSE m9.found END AND m9.place <= 0) THEN '"'
            || lower(hex('["1a2aff21",' || coalesce(CAST(m9.id AS TEXT), 'null') || ']'))
            || '"' END
        ),
        'null'
      )
      || '}}' AS joined_3
    FROM (
      SELECT m8.id AS id, row_number() OVER (ORDER BY m8.id ASC) AS place, count(*) OVER () AS found
      FROM (
        SELECT m7.id AS id
        FROM books AS m7
        ORDER BY m7.id ASC
        LIMIT 1
        OFFSET ?
      ) AS m8
      ORDER BY place
    ) AS m9
  ) AS f2,
  (
    SELECT '{"edges":['
      || coalesce(
        group_concat(
          '{"cursor":"'
            || lower(hex('["1a2aff21",' || coalesce(CAST(m12.id AS TEXT), 'null') || ']'))
            || '","node":{"id":'
            || CAST(m12.id AS TEXT)
            || '}}',
          ','
        ) FILTER(WHERE m12.place <= 2),
        ''
      )
      || '],"pageInfo":{"hasNextPage":'
      || CASE WHEN (max(m12.found) > 2) THEN 'true' ELSE 'false' END
      || ',"hasPreviousPage":false,"startCursor":'
      || coalesce(
        max(
          CASE WHEN (m12.place = 1 AND m12.place <= 2) THEN '"'
            || lower(hex('["1a2aff21",' || coalesce(CAST(m12.id AS TEXT), 'null') || ']'))
            || '"' END
        ),
        'null'
      )
      || ',"endCursor":'
      || coalesce(
        max(
          CASE
            WHEN (m12.place = CASE WHEN (m12.found > 2) THEN 2 ELSE m12.found END AND m12.place <= 2) THEN '"'
            || lower(hex('["1a2aff21",' || coalesce(CAST(m12.id AS TEXT), 'null') || ']'))
            || '"' END
        ),
        'null'
      )
      || '},"totalCount":'
      || CAST(
        (
          SELECT count(*) AS count_1
          FROM books AS m13
          WHERE m13.id < ?
        ) AS TEXT
      )
      || '}' AS joined_4
    FROM (
      SELECT m11.id AS id, row_number() OVER (ORDER BY m11.id ASC) AS place, count(*) OVER () AS found
      FROM (
        SELECT m10.id AS id
        FROM books AS m10
        WHERE m10.id < ?
        ORDER BY m10.id ASC
        LIMIT 3
        OFFSET ?
      ) AS m11
      ORDER BY place
    ) AS m12
  ) AS f3
