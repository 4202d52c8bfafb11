-- The two roles of a hub. Run by the login itself before any migration, because roles belong to the whole server and not to one database.
-- datong_owner owns every table (migrations, and jobs that create tables of rows). datong_app serves requests and may do only what the
-- migrations grant to it. Repeatable: it changes nothing that is there already, because several hubs may share a server.
DO $$
DECLARE
  -- from PostgreSQL 16 on, a member may be denied to act in the role
  acting CONSTANT text := CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'datong_owner') THEN CREATE ROLE datong_owner NOLOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'datong_app') THEN CREATE ROLE datong_app NOLOGIN; END IF;
  IF NOT pg_has_role(current_user, 'datong_owner', acting) THEN GRANT datong_owner TO CURRENT_USER; END IF;
  IF NOT pg_has_role(current_user, 'datong_app', acting) THEN GRANT datong_app TO CURRENT_USER; END IF;
  EXECUTE format('GRANT CREATE, TEMPORARY ON DATABASE %I TO datong_owner', current_database());
  GRANT USAGE, CREATE ON SCHEMA public TO datong_owner;
  GRANT USAGE ON SCHEMA public TO datong_app;
END $$;
