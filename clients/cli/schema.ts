/** `datong schema …`: one file per sub-verb in schema/. */
import type { Command } from 'commander';
import { registerDiff } from './schema/diff.ts';
import { registerDraft } from './schema/draft.ts';
import { registerLint } from './schema/lint.ts';
import { registerSample } from './schema/sample.ts';
import { registerTypes } from './schema/types.ts';
import { registerValidate } from './schema/validate.ts';

export function register(program: Command): void {
  const schema = program
    .command('schema')
    .description('数据集标准 / schemas: lint, diff, validate, types, draft, sample');
  registerLint(schema);
  registerDiff(schema);
  registerValidate(schema);
  registerTypes(schema);
  registerDraft(schema);
  registerSample(schema);
}
