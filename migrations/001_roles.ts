/**
 * Two roles stand between requests and tables: `datong_owner` owns every table (migrations, the jobs that make row tables),
 * `datong_app` serves requests and has only what later migrations grant it, table by table. Nothing is granted by default.
 */
import type { Knex } from 'knex';

/** From 16 on a member may have been denied to act in the role; before, there is no such distinction (and no word for it). */
const mayAct = (major: number): string => (major >= 16 ? 'SET' : 'MEMBER');

/**
 * Run by the login itself, before the roles can be used: roles belong to the whole server, not to one database.
 * Repeatable; touches nothing that is already right, since two hubs may share a server.
 */
export const rolesReady = (major: number): string => `
  SELECT (SELECT count(*) FROM pg_roles WHERE rolname IN ('datong_owner', 'datong_app')) = 2 AS made,
         coalesce((SELECT bool_and(pg_has_role(current_user, oid, '${mayAct(major)}')) FROM pg_roles
                   WHERE rolname IN ('datong_owner', 'datong_app')), false) AS member,
         coalesce((SELECT has_database_privilege(oid, current_database(), 'CREATE')
                      AND has_schema_privilege(oid, 'public', 'CREATE')
                   FROM pg_roles WHERE rolname = 'datong_owner'), false) AS granted
`;

export const makeRoles = (major: number): string => `
  DO $$
  BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'datong_owner') THEN CREATE ROLE datong_owner NOLOGIN; END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'datong_app') THEN CREATE ROLE datong_app NOLOGIN; END IF;
    IF NOT pg_has_role(current_user, 'datong_owner', '${mayAct(major)}') THEN GRANT datong_owner TO CURRENT_USER; END IF;
    IF NOT pg_has_role(current_user, 'datong_app', '${mayAct(major)}') THEN GRANT datong_app TO CURRENT_USER; END IF;
    EXECUTE format('GRANT CREATE, TEMPORARY ON DATABASE %I TO datong_owner', current_database());
    GRANT USAGE, CREATE ON SCHEMA public TO datong_owner;
    GRANT USAGE ON SCHEMA public TO datong_app;
  END $$
`;

/** As datong_owner: what its own tables and functions are open to by default, which is nobody. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC');
}
