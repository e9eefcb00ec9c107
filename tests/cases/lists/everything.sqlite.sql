SELECT group_concat(
  '{"id":'
    || CAST(m2.id AS TEXT)
    || ',"title":'
    || json_quote(m2.title)
    || ',"subtitle":'
    || json_quote(m2.subtitle)
    || ',"pages":'
    || CAST(m2.pages AS TEXT)
    || ',"price":'
    || CASE
      WHEN (abs(m2.price) < 1e13) THEN printf('%.2f', m2.price)
      ELSE CASE
      WHEN (abs(m2.price) > 1.7976931348623157e308) THEN 'null'
      WHEN (CAST(CAST(m2.price AS TEXT) AS REAL) = m2.price) THEN CAST(m2.price AS TEXT)
      WHEN (m2.price IS NOT NULL)
        THEN printf(CASE WHEN (abs(m2.price) < 1e100) THEN '%!.17g' ELSE '%!.19g' END, m2.price)
    END
    END
    || ',"genre":'
    || CASE WHEN (typeof(m2.genre) = 'blob') THEN json_quote(hex(m2.genre)) ELSE json_quote(m2.genre) END
    || ',"inPrint":'
    || CASE WHEN (m2.in_print IS NULL) THEN NULL WHEN m2.in_print THEN 'true' ELSE 'false' END
    || ',"published":'
    || json_quote(m2.published)
    || ',"addedAt":"'
    || replace(substr(m2.added_at, 1, 19) || rtrim(rtrim(substr(m2.added_at, 20), '0'), '.'), ' ', 'T')
    || '+00:00","tags":'
    || coalesce(CASE WHEN json_valid(m2.tags) THEN json(m2.tags) ELSE json_quote(m2.tags) END, 'null')
    || ',"details":'
    || coalesce(
      CASE WHEN json_valid(m2.details) THEN json(m2.details) ELSE json_quote(m2.details) END, 'null'
    )
    || ',"authorId":'
    || coalesce(CAST(m2.author_id AS TEXT), 'null')
    || '}',
  ','
) AS row_texts_1
FROM (
  SELECT m1.id AS id, m1.title AS title, m1.subtitle AS subtitle, m1.pages AS pages, m1.price AS price,
    m1.genre AS genre, m1.in_print AS in_print, m1.published AS published, m1.added_at AS added_at,
    m1.tags AS tags, m1.details AS details, m1.author_id AS author_id
  FROM books AS m1
  ORDER BY m1.id ASC
) AS m2
