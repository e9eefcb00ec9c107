SELECT (
  SELECT '{"aggregate":{"rows":'
    || CAST(count(*) AS TEXT)
    || ',"given":'
    || CAST(count(m1.email) AS TEXT)
    || ',"distinct":'
    || CAST(count(DISTINCT m1.email) AS TEXT)
    || '}}' AS joined_1
  FROM authors AS m1
) AS f0,
  (
    SELECT '{"aggregate":{"genres":'
      || CAST(count(DISTINCT m2.genre) AS TEXT)
      || ',"pairs":'
      || CAST(count(DISTINCT (m2.genre, m2.pages)) AS TEXT)
      || '}}' AS joined_2
    FROM books AS m2
  ) AS f1
