INSERT INTO kinds(id, span)
VALUES (?, ?)
RETURNING '{"span":'
  || coalesce(
    CASE WHEN (typeof(span) != 'null') THEN '"'
      || CASE
        WHEN (CAST(CAST(julianday(date(span)) - julianday('1970-01-01') AS INTEGER) AS TEXT) = '0')
          THEN substr(substr(span, 12), 1, 8)
      || rtrim(rtrim(substr(substr(span, 12), 9), '0'), '.')
        WHEN (
          substr(substr(span, 12), 1, 8) || rtrim(rtrim(substr(substr(span, 12), 9), '0'), '.') = '00:00:00'
        )
          THEN CAST(CAST(julianday(date(span)) - julianday('1970-01-01') AS INTEGER) AS TEXT)
      || CASE
        WHEN (CAST(CAST(julianday(date(span)) - julianday('1970-01-01') AS INTEGER) AS TEXT) IN ('1', '-1'))
          THEN ' day'
        ELSE ' days'
      END
        ELSE CAST(CAST(julianday(date(span)) - julianday('1970-01-01') AS INTEGER) AS TEXT)
      || CASE
        WHEN (CAST(CAST(julianday(date(span)) - julianday('1970-01-01') AS INTEGER) AS TEXT) IN ('1', '-1'))
          THEN ' day'
        ELSE ' days'
      END
      || CASE WHEN (julianday(date(span)) - julianday('1970-01-01') < 0) THEN ' +' ELSE ' ' END
      || substr(substr(span, 12), 1, 8)
      || rtrim(rtrim(substr(substr(span, 12), 9), '0'), '.') END
      || '"' END,
    'null'
  )
  || '}' AS answer
