SELECT '{"aggregate":{"both":'
  || CAST(count(CASE WHEN (m1.born IS NOT NULL AND m1.email IS NOT NULL) THEN 1 END) AS TEXT)
  || '}}' AS joined_1
FROM authors AS m1
