SELECT group_concat(
  '{"entries":['
    || coalesce(
      (
        SELECT group_concat('{"amount":' || CAST(m4.amount AS TEXT) || '}', ',') AS row_texts_2
        FROM (
          SELECT m3.amount AS amount, m3.day AS order_1
          FROM entries AS m3
          WHERE m2.id = m3.account_id
          ORDER BY m3.day ASC
        ) AS m4
      ),
      ''
    )
    || ']}',
  ','
) AS row_texts_1
FROM (
  SELECT m1.id AS id
  FROM accounts AS m1
  ORDER BY m1.id ASC NULLS LAST
) AS m2
