/** migrations/schema.sql and migrations/0001_baseline/objects.json: the schema that the migrations make, read from a database. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestsOf, schemaObjects, type SchemaObject } from '../hub/store/database/schemaObjects.ts';
import type { Reader } from '../hub/store/database/reader.ts';
import { migrationsFolder } from '../migrations/index.ts';
import { openDatabase } from '../hub/store/database/database.ts';
import { startTestCluster, templateName } from '../tests/cluster.ts';

export const schemaPath = join(migrationsFolder, 'schema.sql');

const heading = [
  '-- The schema that all migrations together make, so that a review shows what a migration changes.',
  '-- Written by npm run generate and compared by tests/migrations.test.ts. Do not edit; nothing runs this file.',
];

/** The whole schema of a migrated database as text. */
export async function schemaText(reader: Reader): Promise<string> {
  return textOf(await schemaObjects(reader));
}

function textOf(objects: readonly SchemaObject[]): string {
  return [heading.join('\n'), ...objects.map(({ text }) => text)].join('\n\n') + '\n';
}

/** What datong compares a database with that records the migrations before the baseline. Made once: the baseline never changes. */
export const baselineText = async (reader: Reader): Promise<string> =>
  `${JSON.stringify(Object.fromEntries(digestsOf(await schemaObjects(reader))), undefined, 2)}\n`;

/** Writes schema.sql anew if the migrations make another schema. @returns whether it did */
export async function writeSchemaFile(): Promise<boolean> {
  const cluster = await startTestCluster();
  try {
    const database = await openDatabase({ ...cluster.address, database: templateName }, { durable: false });
    try {
      const text = await schemaText(database.owner);
      if (text === readFileSync(schemaPath, { encoding: 'utf8', flag: 'a+' })) return false;
      writeFileSync(schemaPath, text);
      return true;
    } finally {
      await database.close();
    }
  } finally {
    await cluster.stop();
  }
}
