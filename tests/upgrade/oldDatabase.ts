/**
 * A database of a hub of release 0.1.0 as it was before the baseline: made by the 118 migrations of then, with the sample city in it, 120
 * rows of its household register, a consent, and a release under it. Its dump is SQL (pg_dump --inserts); its keys are in the JSON file.
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

export const oldHub = JSON.parse(inThisFolder('release-0.1.0.json').toString('utf8')) as OldHub;

/** The dump in a database of its own, not migrated. */
export async function oldDatabase(): Promise<TestDatabase> {
  const database = await emptyDatabase();
  const dump = gunzipSync(inThisFolder('release-0.1.0.sql.gz')).toString('utf8');
  await asLogin(database.address, (login) => login.query(dump));
  return database;
}

/** The key folder of the old hub; it goes with the test file. */
export function oldKeys(): string {
  const folder = mkdtempSync(join(tmpdir(), 'datong-old-keys-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, base64] of Object.entries(oldHub.keys))
    writeFileSync(join(folder, name), Buffer.from(base64, 'base64'), { mode: 0o600 });
  return folder;
}
