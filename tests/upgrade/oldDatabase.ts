/**
 * Databases of hubs of earlier releases. Their dumps are SQL (pg_dump --inserts); their keys are in the JSON files.
 *
 * - 0.1.0, as it was before the baseline: made by the 118 migrations of then, with the sample city in it, 120 rows of its household
 *   register, a consent, and a release under it.
 * - 0.2.0 and later: what makeRelease.ts puts in.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { asLogin } from '../../hub/platform/database/database.ts';
import { emptyDatabase, type TestDatabase } from '../database.ts';

const inThisFolder = (name: string): Buffer => readFileSync(join(import.meta.dirname, name));

export interface OldHub {
  /** the child that the consent is of, and their guardian */
  readonly child: string;
  readonly guardian: string;
  /** what was released of the child */
  readonly record: Readonly<Record<string, unknown>>;
  /** files of the key folder, base64 */
  readonly keys: Readonly<Record<string, string>>;
}

/** Of releases from 0.2.0 on. */
export interface BusyHub extends OldHub {
  /** hex SHA-256 of each .sql file of its migrations, by path */
  readonly migrations: Readonly<Record<string, string>>;
  readonly readings: { readonly dataset: string; readonly subscription: string };
  readonly event: { readonly id: string; readonly subscription: string };
  readonly cases: { readonly dataset: string };
}

const fileOf = <T>(release: string): T =>
  JSON.parse(inThisFolder(`release-${release}.json`).toString('utf8')) as T;
export const oldHub: OldHub = fileOf('0.1.0');
export const busyHub: BusyHub = fileOf('0.2.0');

/** The dump in a database of its own, not migrated. */
export async function oldDatabase(release = '0.1.0'): Promise<TestDatabase> {
  const database = await emptyDatabase();
  const dump = gunzipSync(inThisFolder(`release-${release}.sql.gz`)).toString('utf8');
  await asLogin(database.address, (login) => login.query(dump));
  return database;
}

/** The key folder of the old hub; it goes with the test file. */
export function oldKeys({ keys }: OldHub = oldHub): string {
  const folder = mkdtempSync(join(tmpdir(), 'datong-old-keys-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, base64] of Object.entries(keys))
    writeFileSync(join(folder, name), Buffer.from(base64, 'base64'), { mode: 0o600 });
  return folder;
}
