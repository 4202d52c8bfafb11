/**
 * Defines the required settings of every connection, and the check that proves them. The role and the settings are requested at
 * connection. But a pooler may drop them, a login may have its own settings, and an administrator may change the server under a running
 * hub. So each new connection is checked before its first statement, and readiness checks again.
 */
import type { Bilingual } from '../../../terms/bilingual.ts';
import { Problem } from '../../../terms/problem.ts';
import type { Reader } from './reader.ts';

export type Role = 'datong_app' | 'datong_owner';

/** Settings of every session, regardless of those of the login and of the database. */
export const sessionSettings = {
  timezone: 'UTC',
  intervalstyle: 'iso_8601',
  datestyle: 'ISO',
  search_path: 'public',
  default_transaction_isolation: 'read\\ committed',
  // values and lists of values mean the same in every session
  extra_float_digits: '1',
  bytea_output: 'hex',
  array_nulls: 'on',
  standard_conforming_strings: 'on',
  transform_null_equals: 'off',
  timezone_abbreviations: 'Default',
  // a look-up by an index of lists returns all rows
  gin_fuzzy_search_limit: '0',
  // changed rows are reported to the session by notices
  client_min_messages: 'notice',
  // a policy that would hide rows is an error
  row_security: 'off',
} as const;

/** Settings on which the texts of the catalogue depend; a role or a database may have others. */
export const textSettings = `SET LOCAL quote_all_identifiers = off; SET LOCAL standard_conforming_strings = on;
SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'`;

/** ms; an interactive statement that takes longer is ended. The driver gives up slightly later than the server. */
export const statementDeadline = 5_000;
export const driverDeadline = statementDeadline + 500;

/**
 * ms after which a statement ends that waits for a lock, in both roles: statements of jobs have no other limit, and a session of the
 * database that holds a lock for ever would hold up their connections. Longer than the longest publication.
 */
export const lockDeadline = 300_000;

/** The startup parameter `options`; the role is set at connection, so no statement can omit it. */
export const sessionOptions = (role: Role | undefined): string =>
  [
    ...(role === undefined ? [] : [`-c role=${role}`]),
    ...Object.entries(sessionSettings).map(([name, value]) => `-c ${name}=${value}`),
    ...(role === undefined ? [] : [`-c lock_timeout=${lockDeadline}`]),
    ...(role === 'datong_app' ? [`-c statement_timeout=${statementDeadline}`] : []),
  ].join(' ');

export interface SessionRules {
  readonly role: Role;
  /** false: the server was declared to run without fsync, so that is no finding */
  readonly durable: boolean;
  /** true: a server whose commits wait for no standby is refused */
  readonly needsStandby: boolean;
  /** process id that the server sent at connection (BackendKeyData); a different one later means that a pooler is in between */
  readonly processId?: number | undefined;
}

interface SessionRow {
  readonly acts: string;
  readonly login: string;
  readonly pid: number;
  readonly unbound: boolean;
  readonly owns: boolean;
  readonly alters: boolean;
  readonly commit: string;
  readonly fsync: string;
  readonly pages: string;
  readonly isolation: string;
  readonly readonly: string;
  readonly replication: string;
  readonly zone: string;
  readonly dates: string;
  readonly intervals: string;
  readonly path: string;
  /** the values of `valueSettings`, in their order */
  readonly values: readonly string[];
}

const question = `
SELECT current_user AS acts, session_user AS login, pg_backend_pid() AS pid,
       coalesce((SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user), true) AS unbound,
       pg_has_role(current_user, 'datong_owner', 'USAGE') AS owns,
       coalesce(has_table_privilege(current_user, to_regclass('public.audit_entry'), 'UPDATE, DELETE, TRUNCATE'), false) AS alters,
       current_setting('synchronous_commit') AS commit, current_setting('fsync') AS fsync,
       current_setting('full_page_writes') AS pages, current_setting('default_transaction_isolation') AS isolation,
       current_setting('default_transaction_read_only') AS readonly,
       current_setting('session_replication_role') AS replication, current_setting('TimeZone') AS zone,
       current_setting('DateStyle') AS dates, current_setting('IntervalStyle') AS intervals,
       current_setting('search_path') AS path,
       ARRAY(SELECT current_setting(name) FROM unnest($1::text[]) WITH ORDINALITY AS s (name, n) ORDER BY n) AS values`;

/** Settings that decide how values are read and written, and whether changed rows are reported. Their values are those of a server by default. */
const valueSettings = [
  'extra_float_digits',
  'bytea_output',
  'array_nulls',
  'standard_conforming_strings',
  'transform_null_equals',
  'timezone_abbreviations',
  'gin_fuzzy_search_limit',
  'client_min_messages',
] as const satisfies readonly (keyof typeof sessionSettings)[];

/** Whether a commit waits at least for the local disk; a stricter level is unchanged. */
const waits = (level: string): boolean => level === 'on' || level === 'remote_apply';

/**
 * Checks a new connection, and makes its commits durable where they are not.
 * @throws Problem database_session, database_not_durable, standby_missing with a sentence that states what to change
 */
export async function prepareSession(client: Reader, rules: SessionRules): Promise<void> {
  const row = await askSession(client);
  const pooled = rules.processId !== undefined && rules.processId !== row.pid;
  refuseWrongRole(row, rules.role, pooled);
  if (!waits(row.commit) && !pooled) await client.query('SET synchronous_commit = on');
  refuseUndurable(pooled ? row : { ...row, commit: 'on' }, rules.durable);
  if (rules.needsStandby) await refuseWithoutStandby(client);
  refuseSettings(row);
}

/** The same check of a connection in use. @throws Problem database_session, database_not_durable */
export async function checkSession(client: Reader, rules: Omit<SessionRules, 'processId'>): Promise<void> {
  const row = await askSession(client);
  refuseWrongRole(row, rules.role, false);
  refuseUndurable(row, rules.durable);
  if (rules.needsStandby) await refuseWithoutStandby(client);
  refuseSettings(row);
}

async function askSession(client: Reader): Promise<SessionRow> {
  const { rows } = await client.query<SessionRow>(question, [[...valueSettings]]);
  const [row] = rows;
  if (row === undefined) throw new TypeError('a SELECT without FROM has one row');
  return row;
}

function refuseWrongRole(row: SessionRow, role: Role, pooled: boolean): void {
  if (row.acts !== role) {
    throw wrong(
      {
        zh: `连接以 ${row.acts} 而非 ${role} 的身份执行：登录与数据库之间的连接池丢弃了连接参数 options`,
        en: `connections act as ${row.acts} instead of ${role}: a pooler on the way drops the parameter "options"`,
      },
      asRole,
    );
  }
  if (pooled && row.login !== role) {
    throw wrong(
      {
        zh: `登录 ${row.login} 经过连接池，角色 ${role} 不能在每个事务中得到保证`,
        en: `the login ${row.login} comes through a pooler, so the role ${role} does not hold for every transaction`,
      },
      asRole,
    );
  }
  if (role === 'datong_app' && (row.unbound || row.owns || row.alters)) {
    throw wrong(
      {
        zh: 'datong_app 的权限过大（超级用户、datong_owner 的成员，或可以修改日志条目）',
        en: 'datong_app may do too much (a superuser, a member of datong_owner, or allowed to change entries of the log)',
      },
      {
        zh: '收回这些权限：REVOKE datong_owner FROM datong_app; REVOKE UPDATE, DELETE, TRUNCATE ON audit_entry FROM datong_app, PUBLIC',
        en: 'take them away: REVOKE datong_owner FROM datong_app; REVOKE UPDATE, DELETE, TRUNCATE ON audit_entry FROM datong_app, PUBLIC',
      },
    );
  }
}

const asRole: Bilingual = {
  zh: '请直接连接数据库；若必须经过连接池，请让请求以 datong_app 登录（database.appUrl，见 docs/operations.md）',
  en: 'connect without the pooler, or let requests log in as datong_app (database.appUrl, docs/operations.md)',
};

function refuseUndurable(row: SessionRow, durable: boolean): void {
  const found = [
    ...(waits(row.commit) ? [] : [`synchronous_commit=${row.commit}`]),
    ...(durable && row.fsync !== 'on' ? [`fsync=${row.fsync}`] : []),
    ...(durable && row.pages !== 'on' ? [`full_page_writes=${row.pages}`] : []),
  ];
  if (found.length > 0) throw new Problem('database_not_durable', { settings: found.join(', ') });
}

function refuseSettings(row: SessionRow): void {
  const found = [
    ['TimeZone', row.zone, /^(UTC|Etc\/UTC|GMT)$/i],
    ['DateStyle', row.dates, /^ISO/],
    ['IntervalStyle', row.intervals, /^iso_8601$/],
    ['search_path', row.path, /^public$/],
    ['default_transaction_isolation', row.isolation, /^read committed$/],
    ['default_transaction_read_only', row.readonly, /^off$/],
    ['session_replication_role', row.replication, /^origin$/],
    ...valueSettings.map(
      (name, nth) => [name, row.values[nth] ?? '', new RegExp(`^${sessionSettings[name]}$`)] as const,
    ),
  ] as const;
  const [first] = found.filter(([, value, wanted]) => !wanted.test(value));
  if (first === undefined) return;
  const [name, value] = first;
  throw wrong(
    { zh: `参数 ${name} 的值是“${value}”`, en: `the setting ${name} is "${value}"` },
    {
      zh: `检查登录账号、数据库和连接池的设置；以 datong_app 登录时执行 docs/operations.md 中的 ALTER ROLE`,
      en: `look at the settings of login, database and pooler; where requests log in as datong_app, run the ALTER ROLE of docs/operations.md`,
    },
  );
}

const wrong = (what: Bilingual, next: Bilingual): Problem => new Problem('database_session', { what, next });

/** Whether commits of this server wait for a standby. Without WAL senders the names have no effect. */
const waitsForStandby = `SELECT btrim(current_setting('synchronous_standby_names')) <> ''
   AND current_setting('max_wal_senders') <> '0' AS waits`;

/** @throws Problem standby_missing where the server's commits wait for no standby */
export async function refuseWithoutStandby(reader: Reader): Promise<void> {
  const { rows } = await reader.query<{ waits: boolean }>(waitsForStandby);
  if (rows[0]?.waits !== true) throw new Problem('standby_missing');
}
