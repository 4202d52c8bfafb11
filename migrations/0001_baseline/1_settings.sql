-- Runs as datong_owner, which owns all tables and functions. The roles are created beforehand (hub/store/database/roles.ts),
-- because they belong to the whole server: datong_owner (migrations and jobs that create tables) and datong_app (requests).

-- nothing is granted by default: PostgreSQL would let every role execute a new function
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- functions are created before the tables that they use
SET LOCAL check_function_bodies = off;

-- tables with the rows of datasets, created by jobs
CREATE SCHEMA rows;
