import type { Command } from 'commander';
import { parseDatasetSchema } from '../../../schemas/parse.ts';
import type { DatasetSchema } from '../../../schemas/datasetSchema.ts';
import { data, exitCode, VerbFailure } from '../verb.ts';
import { readSchemaArgument, surroundingsOf } from './schemaFiles.ts';

interface Options {
  readonly json?: boolean;
  readonly with?: string[];
  readonly for?: string;
  readonly policy?: string;
  readonly purpose?: string;
}

export function register(schema: Command): void {
  schema
    .command('types')
    .description('生成 TypeScript 类型 / print the TypeScript type of a record')
    .argument('<schema>', 'schema (JSON), or the short name of a shipped one')
    .option('--json', 'as {"types": …}')
    .option('--with <file...>', 'schemas that it refers to by URN')
    .option(
      '--for <department>',
      'the masked shape that this department receives, by the documents of --policy',
    )
    .option('--policy <dir>', 'folder of agreements and restrictions')
    .option('--purpose <code>', 'where the department has several')
    .addHelpText(
      'after',
      '\nExamples: datong schema types household@1 > household.ts' +
        '\n          datong schema types household@1 --for education --policy samples/',
    )
    .action(async (argument: string, options: Options) => {
      const { schemaTypes } = await import('../../../machine/schemaTypes.ts');
      const schema = parseDatasetSchema(readSchemaArgument(argument), surroundingsOf(options.with ?? []));
      const text = await schemaTypes(await asReceived(schema, options));
      data(options.json === true ? JSON.stringify({ types: text }) : text);
    });
}

async function asReceived(schema: DatasetSchema, options: Options): Promise<DatasetSchema> {
  const { for: consumer, policy, purpose } = options;
  if (consumer === undefined && policy === undefined) return schema;
  if (consumer === undefined || policy === undefined) {
    throw new VerbFailure(exitCode.usage, {
      zh: '--for 与 --policy 须一起使用',
      en: '--for and --policy go together',
    });
  }
  const { consumerSchema } = await import('../policy/policyFiles.ts');
  return consumerSchema(policy, schema, { consumer, purpose });
}
