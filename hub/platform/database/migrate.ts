/** Brings a database to the schema of this release. Forward only; several processes may try at once. */
import knexOf from 'knex';
import {
  migrationNames,
  migrationSource,
  migrationsFolder,
  migrationsIn,
} from '../../../migrations/index.ts';
import { Problem } from '../../../terms/problem.ts';
import { connectionOf, asLogin, refuseForeign } from './connection.ts';
import { baselineFor, recordBaseline } from './baseline.ts';
import type { Database } from './database.ts';
import { unavailable } from './failure.ts';
import { sessionOptions } from './session.ts';
import type { Reader } from './reader.ts';
import { valueTypes } from './values.ts';

/** an arbitrary number: the holder of this advisory lock migrates */
const migrationLock = 0x0da7_0016;
/** s */
const maxWait = 600;

export interface MigrateOptions {
  /** only these (an archive of an older release is restored in its own schema); default: all */
  readonly upTo?: readonly string[];
  /** how long another process may be migrating, in seconds */
  readonly patience?: number;
  /** folder of the migrations; default: that of this release */
  readonly folder?: string;
}

/**
 * @returns names of the migrations that were run now, in order; the baseline also where it was only recorded
 * @throws Problem database_newer when the database knows a migration that this release does not; database_release_too_old;
 * database_schema_differs; migration_waits; database_unavailable
 */
export async function migrate(
  database: Pick<Database, 'address' | 'owner'>,
  { upTo, patience = maxWait, folder = migrationsFolder }: MigrateOptions = {},
): Promise<string[]> {
  const known = migrationsIn(folder);
  const wanted = upTo ?? known;
  // most starts have no migration to run, so they need no session and no lock
  const had = await doneMigrations(database.owner);
  if (had?.length === wanted.length && wanted.every((name) => had.includes(name))) return [];
  return asLogin(database.address, async (login) => {
    // The lock ends with its session, unlike a row that records "locked": a killed migration can be run again.
    await takeMigrationLock(login, patience);
    const knex = knexOf({
      client: 'pg',
      connection: {
        ...connectionOf(database.address),
        types: valueTypes,
        options: sessionOptions('datong_owner'),
      } as knexOf.Knex.PgConnectionConfig,
      pool: { min: 0, max: 1 },
      migrations: { migrationSource: migrationSource(wanted, folder), tableName: 'migration' },
    });
    try {
      await refuseForeign(login);
      const done = (await doneMigrations(login)) ?? [];
      const recorded = await recordBaseline(database.owner, done);
      refuseNewer(recorded.length > 0 ? recorded : done, known);
      if (await knex.schema.hasTable('migration_lock')) await knex.migrate.forceFreeMigrationsLock();
      const [, applied] = (await knex.migrate.latest()) as [number, string[]];
      return [...recorded, ...applied];
    } catch (error) {
      throw error instanceof Problem ? error : unavailable(error);
    } finally {
      await knex.destroy();
    }
  });
}

/** Names of the migrations that a database still lacks. @throws Problem database_newer, database_release_too_old */
export async function pendingMigrations(database: Pick<Database, 'owner'>): Promise<string[]> {
  const done = await doneMigrations(database.owner);
  if (done !== undefined) baselineFor(done);
  return migrationNames.filter((name) => done?.includes(name) !== true);
}

/** Names of the migrations that a database has had, in that order; undefined where it never had one. */
async function doneMigrations(reader: Reader): Promise<string[] | undefined> {
  const { rows: tables } = await reader.query<{ there: boolean }>(
    "SELECT to_regclass('public.migration') IS NOT NULL AS there",
  );
  if (tables[0]?.there !== true) return undefined;
  const { rows } = await reader.query<{ name: string }>('SELECT name FROM migration ORDER BY id');
  return rows.map(({ name }) => name);
}

/** Waits for the lock, because another process may be migrating. @throws Problem migration_waits */
async function takeMigrationLock(login: Reader, patience: number): Promise<void> {
  for (let tries = 0; tries < patience * 5; tries++) {
    const { rows } = await login.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [
      migrationLock,
    ]);
    if (rows[0]?.taken === true) return;
    await login.query('SELECT pg_sleep(0.2)');
  }
  throw new Problem('migration_waits', { seconds: patience });
}

/** @throws Problem database_newer */
function refuseNewer(done: readonly string[], known: readonly string[]): void {
  const unknown = done.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Problem('database_newer', { migration: unknown });
}
