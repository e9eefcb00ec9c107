SELECT group_concat(
  '{"name":'
    || json_quote(m1.name)
    || ',"parts":['
    || coalesce(
      (
        SELECT group_concat(
          '{"name":'
            || json_quote(m3.name)
            || ',"parent":'
            || CASE WHEN (m4.id IS NULL) THEN 'null' ELSE '{"name":'
            || json_quote(m4.name)
            || '}' END
            || ',"parts":['
            || coalesce(
              (
                SELECT group_concat(
                  '{"name":'
                    || json_quote(m5.name)
                    || ',"parts":['
                    || coalesce(
                      (
                        SELECT group_concat('{"name":' || json_quote(m6.name) || '}', ',') AS row_texts_4
                        FROM shelves AS m6
                        WHERE m5.id = m6.parent_id
                      ),
                      ''
                    )
                    || '],"parent":'
                    || CASE WHEN (m7.id IS NULL) THEN 'null' ELSE '{"parent":'
                    || CASE WHEN (m8.id IS NULL) THEN 'null' ELSE '{"name":'
                    || json_quote(m8.name)
                    || '}' END
                    || '}' END
                    || '}',
                  ','
                ) AS row_texts_3
                FROM shelves AS m5
                LEFT OUTER JOIN shelves AS m7 ON m5.parent_id = m7.id
                LEFT OUTER JOIN shelves AS m8 ON m7.parent_id = m8.id
                WHERE m3.id = m5.parent_id
              ),
              ''
            )
            || ']}',
          ','
        ) AS row_texts_2
        FROM (
          SELECT m2.name AS name, m2.parent_id AS parent_id, m2.id AS id
          FROM shelves AS m2
          WHERE m1.id = m2.parent_id
          ORDER BY m2.name ASC
        ) AS m3
        LEFT OUTER JOIN shelves AS m4 ON m3.parent_id = m4.id
      ),
      ''
    )
    || ']}',
  ','
) AS row_texts_1
FROM shelves AS m1
WHERE m1.parent_id IS NULL
