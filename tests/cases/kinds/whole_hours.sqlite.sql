INSERT INTO kinds(id, hour)
VALUES (?, ?)
RETURNING '{"hour":'
  || coalesce('"' || substr(hour, 1, 8) || rtrim(rtrim(substr(hour, 9), '0'), '.') || '"', 'null')
  || '}' AS answer
