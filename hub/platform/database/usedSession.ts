/**
 * What code of a superuser may leave behind in a session of the hub that ran it: settings, prepared statements and temporary tables. Each of
 * them can have later statements of the hub read other tables and run other code, while the catalogue is as the hub made it.
 */
import { sessionSettings } from './session.ts';
import type { Reader } from './reader.ts';

/** Settings that no statement of the hub changes to another value. */
const settings: Readonly<Record<string, string>> = {
  ...sessionSettings,
  default_transaction_isolation: 'read committed',
  session_replication_role: 'origin',
  'plpgsql.variable_conflict': 'error',
};
const names = Object.keys(settings);

const read = names.map((name) => `pg_catalog.current_setting('${name}', true)`).join(', ');

/** Each name has its schema: a session may have another `search_path`. The hub makes no prepared statement by SQL. */
const question = `SELECT ARRAY[${read}] AS settings,
       EXISTS (SELECT FROM pg_catalog.pg_prepared_statements AS p WHERE p.from_sql) AS prepared,
       CASE pg_catalog.pg_my_temp_schema() WHEN 0::pg_catalog.oid THEN false
            ELSE EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.relnamespace OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema()) END AS temporary`;

interface Answer {
  readonly settings: readonly (string | null)[];
  readonly prepared: boolean;
  readonly temporary: boolean;
}

/** @returns what differs from a session of the hub; undefined: nothing */
export async function foreignIn(session: Reader): Promise<string | undefined> {
  const { rows } = await session.query<Answer>(question);
  const [row] = rows;
  if (row === undefined) return 'answers';
  const setting = names.find((name, nth) => !isWanted(name, row.settings[nth] ?? null));
  if (setting !== undefined) return `setting ${setting}`;
  if (row.prepared) return 'prepared statements';
  return row.temporary ? 'temporary tables' : undefined;
}

/** DateStyle also has an order of day and month; a setting of PL/pgSQL exists once the session has used it. */
function isWanted(name: string, value: string | null): boolean {
  const wanted = settings[name]?.replaceAll('\\', '') ?? '';
  if (value === null) return name.includes('.');
  if (name === 'timezone') return /^(?:UTC|Etc\/UTC|GMT)$/i.test(value);
  return name === 'datestyle' ? value.startsWith(wanted) : value === wanted;
}
