SELECT '{"aggregate":{"stddev":{"stars":'
  || coalesce(CAST(to_json(CAST(stddev(m1.stars) AS DOUBLE PRECISION)) AS TEXT), 'null')
  || '},"stddevPop":{"stars":'
  || coalesce(CAST(to_json(CAST(stddev_pop(m1.stars) AS DOUBLE PRECISION)) AS TEXT), 'null')
  || '},"stddevSamp":{"stars":'
  || coalesce(CAST(to_json(CAST(stddev_samp(m1.stars) AS DOUBLE PRECISION)) AS TEXT), 'null')
  || '},"varPop":{"stars":'
  || coalesce(CAST(to_json(CAST(var_pop(m1.stars) AS DOUBLE PRECISION)) AS TEXT), 'null')
  || '},"varSamp":{"stars":'
  || coalesce(CAST(to_json(CAST(var_samp(m1.stars) AS DOUBLE PRECISION)) AS TEXT), 'null')
  || '},"variance":{"stars":'
  || coalesce(CAST(to_json(CAST(variance(m1.stars) AS DOUBLE PRECISION)) AS TEXT), 'null')
  || '}}}' AS joined_1
FROM reviews AS m1
