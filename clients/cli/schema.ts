/** `datong schema …`: one file per sub-verb in schema/. */
import type { Command } from 'commander';
import { registerDiff } from './schema/diff.ts';
import { registerLint } from './schema/lint.ts';
import { registerTypes } from './schema/types.ts';
import { registerValidate } from './schema/validate.ts';

export function register(program: Command): void {
  const schema = program.command('schema').description('数据集标准 / schemas: lint, diff, validate, types');
  registerLint(schema);
  registerDiff(schema);
  registerValidate(schema);
  registerTypes(schema);
}
