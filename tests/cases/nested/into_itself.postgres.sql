SELECT string_agg(
  '{"name":'
    || CAST(to_json(m1.name) AS TEXT)
    || ',"parts":['
    || coalesce(
      (
        SELECT string_agg(
          '{"name":'
            || CAST(to_json(m3.name) AS TEXT)
            || ',"parent":'
            || CASE WHEN (m4.id IS NULL) THEN 'null' ELSE '{"name":'
            || CAST(to_json(m4.name) AS TEXT)
            || '}' END
            || ',"parts":['
            || coalesce(
              (
                SELECT string_agg(
                  '{"name":'
                    || CAST(to_json(m5.name) AS TEXT)
                    || ',"parts":['
                    || coalesce(
                      (
                        SELECT string_agg(
                          '{"name":' || CAST(to_json(m6.name) AS TEXT) || '}', ','
                        ) AS row_texts_4
                        FROM shelves AS m6
                        WHERE m5.id = m6.parent_id
                      ),
                      ''
                    )
                    || '],"parent":'
                    || CASE WHEN (m7.id IS NULL) THEN 'null' ELSE '{"parent":'
                    || CASE WHEN (m8.id IS NULL) THEN 'null' ELSE '{"name":'
                    || CAST(to_json(m8.name) AS TEXT)
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
          ORDER BY m3.name ASC
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
