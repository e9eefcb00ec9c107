SELECT '{"aggregate":{"count":'
  || CAST(count(*) AS TEXT)
  || ',"avg":{"pages":'
  || coalesce(
    CASE
      WHEN (abs(avg(m1.pages)) > 1.7976931348623157e308) THEN 'null'
      WHEN (CAST(CAST(avg(m1.pages) AS TEXT) AS REAL) = avg(m1.pages)) THEN CAST(avg(m1.pages) AS TEXT)
      WHEN (avg(m1.pages) IS NOT NULL)
        THEN printf(CASE WHEN (abs(avg(m1.pages)) < 1e100) THEN '%!.17g' ELSE '%!.19g' END, avg(m1.pages))
    END,
    'null'
  )
  || '},"sum":{"pages":'
  || coalesce(CAST(sum(m1.pages) AS TEXT), 'null')
  || ',"price":'
  || coalesce(
    CASE
      WHEN (abs(sum(m1.price)) < 1e13) THEN printf('%.2f', sum(m1.price))
      ELSE CASE
      WHEN (abs(sum(m1.price)) > 1.7976931348623157e308) THEN 'null'
      WHEN (CAST(CAST(sum(m1.price) AS TEXT) AS REAL) = sum(m1.price)) THEN CAST(sum(m1.price) AS TEXT)
      WHEN (sum(m1.price) IS NOT NULL)
        THEN printf(CASE WHEN (abs(sum(m1.price)) < 1e100) THEN '%!.17g' ELSE '%!.19g' END, sum(m1.price))
    END
    END,
    'null'
  )
  || '},"max":{"title":'
  || json_quote(max(m1.title))
  || ',"price":'
  || coalesce(
    CASE
      WHEN (abs(max(m1.price)) < 1e13) THEN printf('%.2f', max(m1.price))
      ELSE CASE
      WHEN (abs(max(m1.price)) > 1.7976931348623157e308) THEN 'null'
      WHEN (CAST(CAST(max(m1.price) AS TEXT) AS REAL) = max(m1.price)) THEN CAST(max(m1.price) AS TEXT)
      WHEN (max(m1.price) IS NOT NULL)
        THEN printf(CASE WHEN (abs(max(m1.price)) < 1e100) THEN '%!.17g' ELSE '%!.19g' END, max(m1.price))
    END
    END,
    'null'
  )
  || ',"rating":'
  || coalesce(
    CASE
      WHEN (abs(max(m1.rating)) > 1.7976931348623157e308) THEN 'null'
      WHEN (CAST(CAST(max(m1.rating) AS TEXT) AS REAL) = max(m1.rating)) THEN CAST(max(m1.rating) AS TEXT)
      WHEN (max(m1.rating) IS NOT NULL)
        THEN printf(CASE WHEN (abs(max(m1.rating)) < 1e100) THEN '%!.17g' ELSE '%!.19g' END, max(m1.rating))
    END,
    'null'
  )
  || '},"min":{"addedAt":'
  || coalesce(
    '"'
      || replace(
        substr(min(m1.added_at), 1, 19) || rtrim(rtrim(substr(min(m1.added_at), 20), '0'), '.'), ' ', 'T'
      )
      || '+00:00"',
    'null'
  )
  || '}},"nodes":['
  || coalesce(group_concat('{"id":' || CAST(m1.id AS TEXT) || '}', ','), '')
  || ']}' AS joined_1
FROM books AS m1
WHERE m1.id < ?
