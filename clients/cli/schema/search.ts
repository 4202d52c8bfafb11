/** `datong schema search`: searches registered versions by text. */
import type { Command } from 'commander';
import { withReader, type ReaderOptions } from '../reading/reader.ts';
import { printSchemas } from '../reading/schemas.ts';

export function register(schema: Command): void {
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
}
