/**
 * Converts a database made by the migrations before the baseline: their schema equals the baseline's, so only the names in the table
 * "migration" change.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { baseline, migrationNames, migrationsFolder } from '../../../migrations/index.ts';
import { lastReleaseBefore, replacedByBaseline } from '../../../migrations/replacedByBaseline.ts';
import { Problem } from '../../../terms/problem.ts';
import type { Reader } from './reader.ts';
import { digestsOf, schemaObjects } from './schemaObjects.ts';
import { withTransaction } from './transaction.ts';

/** Maximum of objects that a problem names. */
const maxNamed = 5;

/**
 * Records the baseline where all the migrations that it replaces are recorded. The caller holds the migration lock.
 * @param done names that the database records
 * @returns the names that it records now; empty where nothing had to be done
 * @throws Problem database_release_too_old, database_schema_differs, database_newer
 */
export async function recordBaseline(owner: pg.Pool, done: readonly string[]): Promise<string[]> {
  if (!done.some((name) => replacedByBaseline.includes(name))) return [];
  const now = baselineFor(done);
  await withTransaction(owner, async (transaction) => {
    await refuseOtherSchema(transaction);
    await transaction.query('DELETE FROM migration');
    await transaction.query('INSERT INTO migration (name, batch, migration_time) VALUES ($1, 1, now())', [
      baseline,
    ]);
  });
  return now;
}

/**
 * Names of this release's migrations for the schema of a database or archive.
 * @param recorded names that the database or archive records
 * @throws Problem database_release_too_old where only some of the replaced migrations are recorded; database_newer where others are
 */
export function baselineFor(recorded: readonly string[]): string[] {
  const unknown = recorded.find(
    (name) => !migrationNames.includes(name) && !replacedByBaseline.includes(name),
  );
  if (unknown !== undefined) throw new Problem('database_newer', { migration: unknown });
  const replaced = recorded.filter((name) => replacedByBaseline.includes(name));
  if (replaced.length === 0) return [...recorded];
  if (recorded.length < replacedByBaseline.length)
    throw new Problem('database_release_too_old', {
      release: lastReleaseBefore,
      found: replaced.length,
      all: replacedByBaseline.length,
    });
  return [baseline];
}

/** @throws Problem database_schema_differs when an object of the baseline is missing or different; further objects are allowed */
async function refuseOtherSchema(reader: Reader): Promise<void> {
  const file = join(migrationsFolder, baseline, 'objects.json');
  const expected = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, string>>;
  const found = digestsOf(await schemaObjects(reader));
  const different = Object.entries(expected).filter(([name, digest]) => found.get(name) !== digest);
  if (different.length === 0) return;
  const names = different.slice(0, maxNamed).map(([name]) => name);
  throw new Problem('database_schema_differs', {
    release: lastReleaseBefore,
    objects: names.join(', ') + (different.length > maxNamed ? ', …' : ''),
  });
}
