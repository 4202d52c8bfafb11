/** `datong schema …`: one file per sub-verb in schema/. Only the one used is loaded, so that start-up stays short. */
import type { Command } from 'commander';
import type { Register } from './verb.ts';

type Load = () => Promise<{ readonly register: Register }>;

const verbs: Readonly<Record<string, Load>> = {
  lint: () => import('./schema/schemaFiles.ts'),
  diff: () => import('./schema/diff.ts'),
  validate: () => import('./schema/validate.ts'),
  types: () => import('./schema/types.ts'),
  draft: () => import('./schema/draft.ts'),
  sample: () => import('./schema/sample.ts'),
  search: () => import('./schema/search.ts'),
  impact: () => import('./schema/impact.ts'),
  deprecate: async () => ({ register: (await import('./schema/schemaLife.ts')).registerDeprecate }),
  retire: async () => ({ register: (await import('./schema/schemaLife.ts')).registerRetire }),
  discard: async () => ({ register: (await import('./schema/schemaLife.ts')).registerDiscard }),
  restore: () => import('./schema/schemaLife.ts'),
};

const named = process.argv.slice(2).find((word) => Object.hasOwn(verbs, word)) ?? '';
const requested = verbs[named];
const loaded = await Promise.all(
  (requested === undefined ? [...new Set(Object.values(verbs))] : [requested]).map((load) => load()),
);

export function register(program: Command): void {
  const schema = program
    .command('schema')
    .description(
      '数据集标准 / schemas: lint, diff, validate, types, draft, sample; at the hub: list, show, search, impact, deprecate, retire, discard, restore',
    );
  for (const verb of loaded) verb.register(schema);
}
