/**
 * Every step of the database's shape, in order; forward only. The names are stored in each database, so they carry no file
 * ending and never change.
 */
import type { Knex } from 'knex';

interface Migration {
  up(knex: Knex): Promise<void>;
}

const steps: Readonly<Record<string, () => Promise<Migration>>> = {
  '001_roles': () => import('./001_roles.ts'),
  '002_audit': () => import('./002_audit.ts'),
  '003_identity': () => import('./003_identity.ts'),
  '004_registry': () => import('./004_registry.ts'),
  '005_intake': () => import('./005_intake.ts'),
};

export const migrationNames: readonly string[] = Object.keys(steps);

/** knex's way to be told of them. @param wanted names of those to be had, a beginning of the list */
export const migrationSource = (wanted: readonly string[]): Knex.MigrationSource<string> => ({
  getMigrations: () => Promise.resolve(migrationNames.filter((name) => wanted.includes(name))),
  getMigrationName: (name) => name,
  getMigration: async (name) => {
    const step = await steps[name]?.();
    if (step === undefined) throw new Error(`no migration ${name}`);
    return {
      up: (knex) => step.up(knex),
      down: () => Promise.reject(new Error('migrations go forward only')),
    };
  },
});
