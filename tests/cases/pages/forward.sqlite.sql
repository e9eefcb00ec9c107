SELECT (
  SELECT (
    '{"edges":['
      || coalesce(
        group_concat(
          CASE
            WHEN (m4.place <= 2)
              THEN (
                '{"cursor":"'
                  || lower(hex(('["1a2aff21",' || coalesce(CAST(m4.id AS TEXT), 'null') || ']')))
                  || '","node":{"id":'
                  || CAST(m4.id AS TEXT)
                  || '}}'
              )
          END,
          ','
        ),
        ''
      )
      || '],"pageInfo":{"hasNextPage":'
      || CASE WHEN (max(m4.found) > 2) THEN 'true' ELSE 'false' END
      || ',"hasPreviousPage":false,"startCursor":'
      || coalesce(
        max(
          CASE
            WHEN (m4.place = 1)
              THEN (
                '"' || lower(hex(('["1a2aff21",' || coalesce(CAST(m4.id AS TEXT), 'null') || ']'))) || '"'
              )
          END
        ),
        'null'
      )
      || ',"endCursor":'
      || coalesce(
        max(
          CASE
            WHEN (m4.place = CASE WHEN (m4.found > 2) THEN 2 ELSE m4.found END)
              THEN (
                '"' || lower(hex(('["1a2aff21",' || coalesce(CAST(m4.id AS TEXT), 'null') || ']'))) || '"'
              )
          END
        ),
        'null'
      )
      || '}}'
  ) AS joined_1
  FROM (
    SELECT m3.id AS id, m3.place AS place, m3.found AS found
    FROM (
      SELECT m2.id AS id, row_number() OVER (ORDER BY m2.id ASC) AS place, count(*) OVER () AS found
      FROM (
        SELECT m1.id AS id
        FROM books AS m1
        ORDER BY m1.id ASC
        LIMIT 3
        OFFSET ?
      ) AS m2
    ) AS m3
    ORDER BY m3.place
  ) AS m4
) AS f0,
  (
    SELECT (
      '{"edges":['
        || coalesce(group_concat(('{"node":{"id":' || CAST(m8.id AS TEXT) || '}}'), ','), '')
        || '],"pageInfo":'
        || '{"hasNextPage":false,"hasPreviousPage":false}'
        || '}'
    ) AS joined_2
    FROM (
      SELECT m7.id AS id, m7.place AS place, m7.found AS found
      FROM (
        SELECT m6.id AS id, row_number() OVER (ORDER BY m6.id ASC) AS place, count(*) OVER () AS found
        FROM (
          SELECT m5.id AS id
          FROM books AS m5
          ORDER BY m5.id ASC
        ) AS m6
      ) AS m7
      ORDER BY m7.place
    ) AS m8
  ) AS f1,
  (
    SELECT (
      '{"edges":['
        || coalesce(
          group_concat(
            CASE
              WHEN (m12.place <= 0)
                THEN (
                  '{"cursor":"'
                    || lower(hex(('["1a2aff21",' || coalesce(CAST(m12.id AS TEXT), 'null') || ']')))
                    || '","node":{"id":'
                    || CAST(m12.id AS TEXT)
                    || '}}'
                )
            END,
            ','
          ),
          ''
        )
        || '],"pageInfo":{"hasNextPage":'
        || CASE WHEN (max(m12.found) > 0) THEN 'true' ELSE 'false' END
        || ',"hasPreviousPage":false,"startCursor":'
        || coalesce(
          max(
            CASE
              WHEN (m12.place = 1)
                THEN (
                  '"' || lower(hex(('["1a2aff21",' || coalesce(CAST(m12.id AS TEXT), 'null') || ']'))) || '"'
                )
            END
          ),
          'null'
        )
        || ',"endCursor":'
        || coalesce(
          max(
            CASE
              WHEN (m12.place = CASE WHEN (m12.found > 0) THEN 0 ELSE m12.found END)
                THEN (
                  '"' || lower(hex(('["1a2aff21",' || coalesce(CAST(m12.id AS TEXT), 'null') || ']'))) || '"'
                )
            END
          ),
          'null'
        )
        || '}}'
    ) AS joined_3
    FROM (
      SELECT m11.id AS id, m11.place AS place, m11.found AS found
      FROM (
        SELECT m10.id AS id, row_number() OVER (ORDER BY m10.id ASC) AS place, count(*) OVER () AS found
        FROM (
          SELECT m9.id AS id
          FROM books AS m9
          ORDER BY m9.id ASC
          LIMIT 1
          OFFSET ?
        ) AS m10
      ) AS m11
      ORDER BY m11.place
    ) AS m12
  ) AS f2,
  (
    SELECT (
      '{"edges":['
        || coalesce(
          group_concat(
            CASE
              WHEN (m16.place <= 2)
                THEN (
                  '{"cursor":"'
                    || lower(hex(('["1a2aff21",' || coalesce(CAST(m16.id AS TEXT), 'null') || ']')))
                    || '","node":{"id":'
                    || CAST(m16.id AS TEXT)
                    || '}}'
                )
            END,
            ','
          ),
          ''
        )
        || '],"pageInfo":{"hasNextPage":'
        || CASE WHEN (max(m16.found) > 2) THEN 'true' ELSE 'false' END
        || ',"hasPreviousPage":false,"startCursor":'
        || coalesce(
          max(
            CASE
              WHEN (m16.place = 1)
                THEN (
                  '"' || lower(hex(('["1a2aff21",' || coalesce(CAST(m16.id AS TEXT), 'null') || ']'))) || '"'
                )
            END
          ),
          'null'
        )
        || ',"endCursor":'
        || coalesce(
          max(
            CASE
              WHEN (m16.place = CASE WHEN (m16.found > 2) THEN 2 ELSE m16.found END)
                THEN (
                  '"' || lower(hex(('["1a2aff21",' || coalesce(CAST(m16.id AS TEXT), 'null') || ']'))) || '"'
                )
            END
          ),
          'null'
        )
        || '},"totalCount":'
        || CAST(
          (
            SELECT count(*) AS count_1
            FROM books AS m17
            WHERE m17.id < ?
          ) AS TEXT
        )
        || '}'
    ) AS joined_4
    FROM (
      SELECT m15.id AS id, m15.place AS place, m15.found AS found
      FROM (
        SELECT m14.id AS id, row_number() OVER (ORDER BY m14.id ASC) AS place, count(*) OVER () AS found
        FROM (
          SELECT m13.id AS id
          FROM books AS m13
          WHERE m13.id < ?
          ORDER BY m13.id ASC
          LIMIT 3
          OFFSET ?
        ) AS m14
      ) AS m15
      ORDER BY m15.place
    ) AS m16
  ) AS f3
