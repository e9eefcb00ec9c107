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
      || CAST(
        count(
          DISTINCT json_array(
            CASE WHEN (typeof(m2.genre) = 'blob') THEN hex(m2.genre) ELSE m2.genre END,
            CASE WHEN (typeof(m2.pages) = 'blob') THEN hex(m2.pages) ELSE m2.pages END
          )
        ) AS TEXT
      )
      || '}}' AS joined_2
    FROM books AS m2
  ) AS f1
