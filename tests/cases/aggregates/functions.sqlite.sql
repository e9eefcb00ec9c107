SELECT (
  '{"aggregate":{"count":'
    || CAST(count(*) AS TEXT)
    || ',"sum":{"pages":'
    || coalesce(CAST(sum(m1.pages) AS TEXT), 'null')
    || ',"price":'
    || coalesce(printf('%.2f', sum(m1.price)), 'null')
    || '},"avg":{"pages":'
    || coalesce(
      CASE
        WHEN (abs(avg(m1.pages)) > 1.7976931348623157e308) THEN 'null'
        WHEN (CAST(CAST(avg(m1.pages) AS TEXT) AS REAL) = avg(m1.pages)) THEN CAST(avg(m1.pages) AS TEXT)
        ELSE printf('%!.17g', avg(m1.pages))
      END,
      'null'
    )
    || '},"min":{"pages":'
    || coalesce(CAST(min(m1.pages) AS TEXT), 'null')
    || ',"title":'
    || json_quote(min(m1.title))
    || ',"price":'
    || coalesce(printf('%.2f', min(m1.price)), 'null')
    || ',"published":'
    || json_quote(min(m1.published))
    || ',"addedAt":'
    || coalesce(
      (
        '"'
          || replace(substr(min(m1.added_at), 1, 19), ' ', 'T')
          || rtrim(rtrim(substr(min(m1.added_at), 20), '0'), '.')
          || '+00:00"'
      ),
      'null'
    )
    || '},"max":{"pages":'
    || coalesce(CAST(max(m1.pages) AS TEXT), 'null')
    || ',"title":'
    || json_quote(max(m1.title))
    || ',"price":'
    || coalesce(printf('%.2f', max(m1.price)), 'null')
    || ',"published":'
    || json_quote(max(m1.published))
    || ',"addedAt":'
    || coalesce(
      (
        '"'
          || replace(substr(max(m1.added_at), 1, 19), ' ', 'T')
          || rtrim(rtrim(substr(max(m1.added_at), 20), '0'), '.')
          || '+00:00"'
      ),
      'null'
    )
    || '}}}'
) AS joined_1
FROM books AS m1
