/**
 * The migrations of the database, forward only. A migration is a file `NNNN_name.sql`, or a folder `NNNN_name` of .sql files that run in
 * the order of their paths. Its name is stored in each database and never changes. See docs/how-to/add-a-migration.md.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Knex } from 'knex';
import { lazily } from '../terms/lazily.ts';

/** The folder of this module; the .sql files are next to it in the source tree and in the package. */
export const migrationsFolder = fileURLToPath(new URL('.', import.meta.url));

/** Replaces the migrations before release 0.1.0 (replacedByBaseline.ts). */
export const baseline = '0001_baseline';

/** Names of the migrations of a folder, in the order in which they run. */
export function migrationsIn(folder: string): string[] {
  const names = readdirSync(folder).flatMap((entry) => /^(\d{4}_\w+)(?:\.sql)?$/.exec(entry)?.[1] ?? []);
  return names.sort();
}

export const migrationNames: readonly string[] = migrationsIn(migrationsFolder);

/** Texts of the .sql files of a migration, in the order in which they run. */
function sqlOf(name: string, folder = migrationsFolder): string[] {
  return pathsOf(name, folder).map((path) => readFileSync(join(folder, path), 'utf8'));
}

function pathsOf(name: string, folder: string): string[] {
  const file = `${name}.sql`;
  if (readdirSync(folder).includes(file)) return [file];
  const paths = readdirSync(join(folder, name), { recursive: true, encoding: 'utf8' });
  return paths
    .filter((path) => path.endsWith('.sql'))
    .sort()
    .map((path) => join(name, path));
}

/** Creates the roles that own and use the tables; run by the login itself, before any migration. */
export const rolesSql = (): string => readFileSync(join(migrationsFolder, 'roles.sql'), 'utf8');

/** A function as the newest migration that creates it has it. */
interface MigrationFunction {
  readonly body: string;
  /** its name with the types of its arguments, as `to_regprocedure` reads it */
  readonly signature: string;
  /** names of its arguments, separated by spaces */
  readonly argumentNames: string;
  /** whether it has the rights of its owner */
  readonly definer: boolean;
  /** its setting of `search_path`, empty where it has none */
  readonly path: string;
}

/** The functions that migrations create and do not drop again, by name. */
export const migrationFunctions = lazily((): ReadonlyMap<string, MigrationFunction> => {
  const made = new Map<string, MigrationFunction>();
  for (const text of migrationNames.flatMap((migration) => sqlOf(migration)))
    for (const [, created, head = '', body = '', dropped] of text.matchAll(
      /^(?:CREATE (?:OR REPLACE )?FUNCTION (\w+)([^]*?)\bAS \$\$([^]*?)\$\$;|DROP FUNCTION (?:IF EXISTS )?(\w+))/gm,
    )) {
      if (created !== undefined)
        made.set(created, {
          body,
          ...signatureOf(created, head),
          definer: head.includes('SECURITY DEFINER'),
          path: /\bSET search_path = ([\w, ]*\w)/.exec(head)?.[1] ?? '',
        });
      if (dropped !== undefined) made.delete(dropped);
    }
  return made;
});

/** @param head text between the name and the body; no argument has a default */
function signatureOf(name: string, head: string): Pick<MigrationFunction, 'signature' | 'argumentNames'> {
  const list = /^\s*\(([^]*?)\)\s*RETURNS\b/.exec(head)?.[1] ?? '';
  const made = [...list.matchAll(/(\w+) (\w+(?:\[\])?)/g)];
  return {
    signature: `${name}(${made.map(([, , type]) => type).join(', ')})`,
    argumentNames: made.map(([, argument]) => argument).join(' '),
  };
}

/** @throws Error when no migration creates the function */
export function migrationFunction(name: string): MigrationFunction {
  const made = migrationFunctions().get(name);
  if (made === undefined) throw new Error(`no migration creates the function ${name}`);
  return made;
}

/**
 * The migrations as knex takes them. knex runs each one in a transaction.
 * @param wanted names of those to run, a beginning of the list
 */
export const migrationSource = (
  wanted: readonly string[],
  folder = migrationsFolder,
): Knex.MigrationSource<string> => ({
  getMigrations: () => Promise.resolve(migrationsIn(folder).filter((name) => wanted.includes(name))),
  getMigrationName: (name) => name,
  getMigration: (name) =>
    Promise.resolve({
      up: async (knex) => {
        // knex takes a question mark for a placeholder
        for (const text of sqlOf(name, folder)) await knex.raw(text.replaceAll('?', '\\?'));
      },
      down: () => Promise.reject(new Error('migrations go forward only')),
    }),
});
