SELECT string_agg('{}', ',') AS row_texts_1
FROM (
  SELECT 1 AS one
  FROM authors AS m1
  LIMIT 1
) AS m2
