SELECT '{"__typename":"BookAggregate"}'
