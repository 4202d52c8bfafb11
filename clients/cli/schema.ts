/** `datong schema …`: one file per sub-verb in schema/. */
import type { Command } from 'commander';
import { registerLint } from './schema/lint.ts';
import { registerTypes } from './schema/types.ts';

export function register(program: Command): void {
  const schema = program.command('schema').description('数据集标准 / schemas: lint, types');
  registerLint(schema);
  registerTypes(schema);
}
