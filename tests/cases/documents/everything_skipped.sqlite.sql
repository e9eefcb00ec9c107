SELECT group_concat('{}', ',') AS row_texts_1
FROM (
  SELECT 1 AS one
  FROM authors AS m1
  LIMIT 1
  OFFSET ?
) AS m2
