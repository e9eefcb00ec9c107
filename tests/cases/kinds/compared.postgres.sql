SELECT (
  SELECT string_agg('{"id":' || CAST(m1.id AS TEXT) || '}', ',') AS row_texts_1
  FROM kinds AS m1
  WHERE (m1.uuid = $1::UUID) AND m1.uuid = any($2::UUID[])
) AS f0,
  (
    SELECT string_agg('{"id":' || CAST(m2.id AS TEXT) || '}', ',') AS row_texts_2
    FROM kinds AS m2
    WHERE m2.raw = CAST($3::VARCHAR AS BYTEA)
  ) AS f1,
  (
    SELECT string_agg('{"id":' || CAST(m3.id AS TEXT) || '}', ',') AS row_texts_3
    FROM kinds AS m3
    WHERE m3.big = any($4::BIGINT[])
  ) AS f2,
  (
    SELECT string_agg('{"id":' || CAST(m4.id AS TEXT) || '}', ',') AS row_texts_4
    FROM kinds AS m4
    WHERE m4.hour < CAST($5::VARCHAR AS TIME WITHOUT TIME ZONE)
  ) AS f3,
  (
    SELECT string_agg('{"id":' || CAST(m5.id AS TEXT) || '}', ',') AS row_texts_5
    FROM kinds AS m5
    WHERE m5.numbers @> $6::BIGINT[]
  ) AS f4,
  (
    SELECT string_agg('{"id":' || CAST(m6.id AS TEXT) || '}', ',') AS row_texts_6
    FROM kinds AS m6
    WHERE m6.color != all(CAST($7::VARCHAR[] AS VARCHAR(64)[]))
  ) AS f5,
  (
    SELECT string_agg('{"id":' || CAST(m7.id AS TEXT) || '}', ',') AS row_texts_7
    FROM kinds AS m7
    WHERE m7.local >= CAST($8::VARCHAR AS TIMESTAMP WITHOUT TIME ZONE)
  ) AS f6
