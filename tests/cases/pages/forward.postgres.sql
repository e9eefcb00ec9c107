SELECT (
  SELECT '{"edges":['
    || coalesce(
      array_to_string(
        (
          array_agg(
            '{"cursor":"'
              || encode(
                convert_to('["1a2aff21",' || coalesce(CAST(m2.id AS TEXT), 'null') || ']', 'UTF8'), 'hex'
              )
              || '","node":{"id":'
              || CAST(m2.id AS TEXT)
              || '}}'
          )
        ) [1 : 2],
        ','
      ),
      ''
    )
    || '],"pageInfo":{"hasNextPage":'
    || CASE WHEN (count(*) > 2) THEN 'true' ELSE 'false' END
    || ',"hasPreviousPage":false,"startCursor":'
    || coalesce(
      '"'
        || encode(
          convert_to(
            (array_agg('["1a2aff21",' || coalesce(CAST(m2.id AS TEXT), 'null') || ']'))[least(1, 2)], 'UTF8'
          ),
          'hex'
        )
        || '"',
      'null'
    )
    || ',"endCursor":'
    || coalesce(
      '"'
        || encode(
          convert_to(
            (array_agg('["1a2aff21",' || coalesce(CAST(m2.id AS TEXT), 'null') || ']'))[least(count(*), 2)],
            'UTF8'
          ),
          'hex'
        )
        || '"',
      'null'
    )
    || '}}' AS joined_1
  FROM (
    SELECT m1.id AS id
    FROM books AS m1
    ORDER BY m1.id ASC
    LIMIT 3
  ) AS m2
) AS f0,
  (
    SELECT '{"edges":['
      || coalesce(string_agg('{"node":{"id":' || CAST(m5.id AS TEXT) || '}}', ','), '')
      || '],"pageInfo":'
      || '{"hasNextPage":false,"hasPreviousPage":false}'
      || '}' AS joined_2
    FROM (
      SELECT m4.id AS id, row_number() OVER (ORDER BY m4.id ASC) AS place, count(*) OVER () AS found
      FROM (
        SELECT m3.id AS id
        FROM books AS m3
        ORDER BY m3.id ASC
      ) AS m4
      ORDER BY place
    ) AS m5
  ) AS f1,
  (
    SELECT '{"edges":['
      || coalesce(
        array_to_string(
          (
            array_agg(
              '{"cursor":"'
                || encode(
                  convert_to('["1a2aff21",' || coalesce(CAST(m7.id AS TEXT), 'null') || ']', 'UTF8'), 'hex'
                )
                || '","node":{"id":'
                || CAST(m7.id AS TEXT)
                || '}}'
            )
          ) [1 : 0],
          ','
        ),
        ''
      )
      || '],"pageInfo":{"hasNextPage":'
      || CASE WHEN (count(*) > 0) THEN 'true' ELSE 'false' END
      || ',"hasPreviousPage":false,"startCursor":'
      || coalesce(
        '"'
          || encode(
            convert_to(
              (array_agg('["1a2aff21",' || coalesce(CAST(m7.id AS TEXT), 'null') || ']'))[least(1, 0)], 'UTF8'
            ),
            'hex'
          )
          || '"',
        'null'
      )
      || ',"endCursor":'
      || coalesce(
        '"'
          || encode(
            convert_to(
              (array_agg('["1a2aff21",' || coalesce(CAST(m7.id AS TEXT), 'null') || ']'))[least(count(*), 0)],
              'UTF8'
            ),
            'hex'
          )
          || '"',
        'null'
      )
      || '}}' AS joined_3
    FROM (
      SELECT m6.id AS id
      FROM books AS m6
      ORDER BY m6.id ASC
      LIMIT 1
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
                  convert_to('["1a2aff21",' || coalesce(CAST(m9.id AS TEXT), 'null') || ']', 'UTF8'), 'hex'
                )
                || '","node":{"id":'
                || CAST(m9.id AS TEXT)
                || '}}'
            )
          ) [1 : 2],
          ','
        ),
        ''
      )
      || '],"pageInfo":{"hasNextPage":'
      || CASE WHEN (count(*) > 2) THEN 'true' ELSE 'false' END
      || ',"hasPreviousPage":false,"startCursor":'
      || coalesce(
        '"'
          || encode(
            convert_to(
              (array_agg('["1a2aff21",' || coalesce(CAST(m9.id AS TEXT), 'null') || ']'))[least(1, 2)], 'UTF8'
            ),
            'hex'
          )
          || '"',
        'null'
      )
      || ',"endCursor":'
      || coalesce(
        '"'
          || encode(
            convert_to(
              (array_agg('["1a2aff21",' || coalesce(CAST(m9.id AS TEXT), 'null') || ']'))[least(count(*), 2)],
              'UTF8'
            ),
            'hex'
          )
          || '"',
        'null'
      )
      || '},"totalCount":'
      || CAST(
        (
          SELECT count(*) AS count_1
          FROM books AS m10
          WHERE m10.id < (
            SELECT $1::INTEGER
          )
        ) AS TEXT
      )
      || '}' AS joined_4
    FROM (
      SELECT m8.id AS id
      FROM books AS m8
      WHERE m8.id < (
        SELECT $2::INTEGER
      )
      ORDER BY m8.id ASC
      LIMIT 3
    ) AS m9
  ) AS f3
