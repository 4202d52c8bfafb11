-- Row tables of a hub on Citus. Untried: Debian does not package Citus, and decision 0098 gives why the hub is not run on it. Each
-- statement was checked against https://docs.citusdata.com/en/stable/develop/reference_workarounds.html
--
-- The log, the registries and all other tables stay local tables of the coordinator, which is the server of database.url.

-- 1. on the coordinator and on each worker, with shared_preload_libraries = 'citus'
CREATE EXTENSION citus;

-- 2. on the coordinator: the workers
SELECT citus_set_coordinator_host('10.77.0.11', 5432);
SELECT citus_add_node('10.77.0.41', 5432);
SELECT citus_add_node('10.77.0.42', 5432);

-- 3. on the coordinator, for each dataset with intake.periods, by a field of its key that is not the period:
--    unique (period, device_id): every unique index contains the distribution column
--    _row bigint GENERATED ALWAYS AS IDENTITY: sequences of workers do not overlap, as it is a bigint
--    one level of partitions: partitions of partitions cannot be distributed
SELECT create_distributed_table('rows.sensor_reading_1', 'device_id');

-- Datasets without intake.periods cannot be distributed: UNIQUE (_row) of their tables does not contain the distribution column.
-- SELECT … FOR UPDATE and correlated subqueries of the hub over more than one shard would fail (decision 0098).
