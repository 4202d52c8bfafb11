/** `datong schema list|show|search`: the versions that are registered at the hub, as `datong schemas` has them. */
import type { Command } from 'commander';
import { withReader, type ReaderOptions } from '../reading/reader.ts';
import { printSchema, printSchemas } from '../reading/schemas.ts';

interface ListOptions extends ReaderOptions {
  readonly name?: string;
}

export function register(schema: Command): void {
  withReader(
    schema.command('list').description('枢纽上已登记的版本 / versions that are registered at the hub'),
  )
    .option('--name <name>', 'versions of this one only')
    .addHelpText('after', '\nExample:\n  datong schema list --name household\n')
    .action((options: ListOptions) => printSchemas(options, { name: options.name }));
  withReader(
    schema
      .command('search')
      .description(
        '按名称、字段、语义标签或值域代码查找 / find by a title, a field, a semantic tag or a code list',
      )
      .argument('<text>', 'with this in its text: a title, a field, a semantic tag, a code list'),
  )
    .addHelpText('after', '\nExample:\n  datong schema search cn.resident-id\n')
    .action((text: string, options: ReaderOptions) => printSchemas(options, { q: text }));
  withReader(
    schema
      .command('show')
      .description('某一版本的 JSON Schema / the JSON Schema of one version')
      .argument('<urn>', 'one version: its JSON Schema is printed'),
  )
    .addHelpText('after', '\nExample:\n  datong schema show urn:datong:household:1.0\n')
    .action((urn: string, options: ReaderOptions) => printSchema(urn, options));
}
