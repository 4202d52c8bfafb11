/**
 * migrations/schema.sql, migrations/objects.json, migrations/code.json and migrations/0001_baseline/objects.json: the schema that the
 * migrations make, read from a database.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { objectsPath } from '../hub/platform/database/catalogue.ts';
import { codePath, codeText } from '../hub/platform/database/authenticated/tableCode.ts';
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
 * Digests of the objects: of the newest schema for the job that compares the catalogue, and of the baseline, which never changes, for a
 * database that records the migrations before it.
 */
export const objectsText = async (reader: Reader): Promise<string> =>
  `${JSON.stringify(Object.fromEntries(digestsOf(await schemaObjects(reader))), undefined, 2)}\n`;

/** Names of the tables and views. */
const tablesOf = async (reader: Reader): Promise<string[]> =>
  (await schemaObjects(reader)).flatMap(({ name }) => /^(?:table|view) (\w+)$/.exec(name)?.[1] ?? []);

/** Writes schema.sql, and objects.json and code.json next to it, if the schema of a migrated database is another one. @returns whether it did */
export async function writeSchemaFile(reader: Reader, path = schemaPath): Promise<boolean> {
  const texts = [
    [path, await schemaText(reader)],
    [join(dirname(path), basename(objectsPath)), await objectsText(reader)],
    [join(dirname(path), basename(codePath)), await codeText(reader, await tablesOf(reader))],
  ] as const;
  const changed = texts.filter(([to, text]) => !existsSync(to) || readFileSync(to, 'utf8') !== text);
  for (const [to, text] of changed) writeFileSync(to, text);
  return changed.length > 0;
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
