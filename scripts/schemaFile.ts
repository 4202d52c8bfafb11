/** migrations/schema.sql and migrations/0001_baseline/objects.json: the schema that the migrations make, read from a database. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestsOf, schemaObjects } from '../hub/platform/database/schemaObjects.ts';
import type { Reader } from '../hub/platform/database/reader.ts';
import { migrationsFolder } from '../migrations/index.ts';
import { openDatabase } from '../hub/platform/database/database.ts';
import { startTestCluster, templateName } from '../tests/cluster.ts';

export const schemaPath = join(migrationsFolder, 'schema.sql');

const heading = [
  '-- The schema that all migrations together make, so that a review shows what a migration changes.',
  '-- Written by npm run generate and compared by tests/migrations.test.ts. Do not edit; nothing runs this file.',
];

/** The whole schema of a migrated database as text. */
export async function schemaText(reader: Reader): Promise<string> {
  const objects = await schemaObjects(reader);
  return [heading.join('\n'), ...objects.map(({ text }) => text)].join('\n\n') + '\n';
}

/**
 * The schema text that datong compares with a database that records the migrations before the baseline. Made once: the baseline never
 * changes.
 */
export const baselineText = async (reader: Reader): Promise<string> =>
  `${JSON.stringify(Object.fromEntries(digestsOf(await schemaObjects(reader))), undefined, 2)}\n`;

/** Writes schema.sql if the schema of a migrated database is another one. @returns whether it did */
export async function writeSchemaFile(reader: Reader, path = schemaPath): Promise<boolean> {
  const text = await schemaText(reader);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return false;
  writeFileSync(path, text);
  return true;
}

/** A database with all migrations, on a server of its own. */
export async function withMigratedDatabase<T>(work: (reader: Reader) => Promise<T>): Promise<T> {
  const cluster = await startTestCluster();
  try {
    const database = await openDatabase({ ...cluster.address, database: templateName }, { durable: false });
    try {
      return await work(database.owner);
    } finally {
      await database.close();
    }
  } finally {
    await cluster.stop();
  }
}
