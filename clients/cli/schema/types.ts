import type { Command } from 'commander';
import { parseDatasetSchema } from '../../../schemas/parse.ts';
import { data } from '../verb.ts';
import { readSchemaArgument, sharedOr } from './sharedOr.ts';

export function registerTypes(schema: Command): void {
  schema
    .command('types')
    .description('生成 TypeScript 类型 / print the TypeScript type of a record')
    .argument('<schema>', 'schema (JSON), or the short name of a shipped one')
    .option('--json', 'as {"types": …}')
    .option('--with <file...>', 'schemas that it refers to by URN')
    .addHelpText('after', '\nExample: datong schema types household@1 > household.ts')
    .action(async (argument: string, options: { json?: boolean; with?: string[] }) => {
      const { schemaTypes } = await import('../../../schemas/types.ts');
      const text = await schemaTypes(
        parseDatasetSchema(readSchemaArgument(argument), sharedOr(options.with ?? [])),
      );
      data(options.json === true ? JSON.stringify({ types: text }) : text);
    });
}
