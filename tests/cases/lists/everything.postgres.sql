SELECT string_agg(
  '{"id":'
    || CAST(m2.id AS TEXT)
    || ',"title":'
    || CAST(to_json(m2.title) AS TEXT)
    || ',"subtitle":'
    || coalesce(CAST(to_json(m2.subtitle) AS TEXT), 'null')
    || ',"pages":'
    || CAST(m2.pages AS TEXT)
    || ',"price":'
    || CAST(to_json(m2.price) AS TEXT)
    || ',"genre":'
    || CAST(to_json(m2.genre) AS TEXT)
    || ',"inPrint":'
    || CAST(m2.in_print AS TEXT)
    || ',"published":'
    || coalesce(CAST(to_json(m2.published) AS TEXT), 'null')
    || ',"addedAt":'
    || CAST(to_json(m2.added_at) AS TEXT)
    || ',"tags":'
    || coalesce(CAST(to_json(m2.tags) AS TEXT), 'null')
    || ',"details":'
    || coalesce(CAST(m2.details AS TEXT), 'null')
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
