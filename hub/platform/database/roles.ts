/**
 * Creates the two roles for requests and migrations at the first start, if the login may. Otherwise an error asks the administrator for
 * them.
 */
import type pg from 'pg';
import { rolesSql } from '../../../migrations/index.ts';
import { asIs, type Bilingual } from '../../../terms/bilingual.ts';
import { Problem } from '../../../terms/problem.ts';
import { type DatabaseAddress, asLogin, refuseForeign } from './connection.ts';
import { failureOf, unavailable } from './failure.ts';

const oldestMajor = 15;
const maxTries = 5;

interface RolesState {
  readonly made: boolean;
  readonly member: boolean;
  readonly granted: boolean;
}

/** Whether migrations/roles.sql has been applied completely. From version 16 on, a member may be denied the right to act in the role. */
const rolesReady = `
  WITH wanted AS (
    SELECT oid, rolname FROM pg_roles WHERE rolname IN ('datong_owner', 'datong_app')
  ), mode AS (
    SELECT CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END AS acting
  )
  SELECT (SELECT count(*) FROM wanted) = 2 AS made,
         coalesce((SELECT bool_and(pg_has_role(current_user, oid, acting)) FROM wanted, mode), false) AS member,
         coalesce((SELECT has_database_privilege(oid, current_database(), 'CREATE')
                      AND has_schema_privilege(oid, 'public', 'CREATE')
                   FROM wanted WHERE rolname = 'datong_owner'), false) AS granted`;

/** @throws Problem database_too_old, database_not_empty, database_grants_missing, database_unavailable */
export async function prepareRoles(address: DatabaseAddress): Promise<void> {
  await asLogin(address, async (client) => {
    const { rows: versions } = await client.query<{ version: string }>(
      "SELECT current_setting('server_version_num') AS version",
    );
    majorOf(versions[0]?.version ?? '');
    let made = false;
    for (let tries = 1; ; tries++) {
      const { rows } = await client.query<RolesState>(rolesReady);
      const [state] = rows;
      if (state?.made === true && state.member && state.granted) return;
      // a GRANT that the login may not give is only a warning in PostgreSQL: the statement ran, and nothing has changed
      if (made || tries > maxTries) throw await missing(client, state);
      // checked before anything is granted in a database of another application
      await refuseForeign(client);
      made = await make(client, state);
    }
  });
}

/** @returns false when another hub of the same server was faster: check again */
async function make(client: pg.Client, state: RolesState | undefined): Promise<boolean> {
  try {
    await client.query(rolesSql());
    return true;
  } catch (error) {
    const failure = failureOf(error);
    if (failure === 'unique' || failure === 'made_meanwhile') return false;
    throw failure === 'not_granted' ? await missing(client, state) : unavailable(error);
  }
}

/** @param version `server_version_num` @throws Problem database_too_old */
export function majorOf(version: string): number {
  const major = Math.floor(Number(version) / 10_000);
  if (major < oldestMajor) throw new Problem('database_too_old', { found: major });
  return major;
}

async function missing(client: pg.Client, state: RolesState | undefined): Promise<Problem> {
  const { rows } = await client.query<{ login: string; database: string }>(
    'SELECT quote_ident(current_user) AS login, quote_ident(current_database()) AS database',
  );
  const { login = '', database = '' } = rows[0] ?? {};
  const steps: readonly (readonly [boolean | undefined, Bilingual, string])[] = [
    [
      state?.made,
      {
        zh: '无权创建角色 datong_owner 和 datong_app',
        en: 'it may not make the roles datong_owner and datong_app',
      },
      'CREATE ROLE datong_owner NOLOGIN; CREATE ROLE datong_app NOLOGIN;',
    ],
    [
      state?.member,
      {
        zh: '不能以 datong_owner 和 datong_app 的身份执行',
        en: 'it may not act as datong_owner and datong_app',
      },
      `GRANT datong_owner, datong_app TO ${login};`,
    ],
    [
      state?.granted,
      {
        zh: 'datong_owner 无权在该数据库中建表',
        en: 'datong_owner may not make tables in this database',
      },
      `GRANT CREATE, TEMPORARY ON DATABASE ${database} TO datong_owner; GRANT USAGE, CREATE ON SCHEMA public TO datong_owner; GRANT USAGE ON SCHEMA public TO datong_app;`,
    ],
  ];
  // without roles there are no grants to them either
  const wanted = steps.filter(([done]) => done !== true);
  return new Problem('database_grants_missing', {
    login,
    what: wanted[0]?.[1] ?? asIs(''),
    statements: wanted.map(([, , sql]) => sql).join(' '),
  });
}
